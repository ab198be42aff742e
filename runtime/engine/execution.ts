import { join } from 'node:path'
import { catalogueBeside } from '../catalogue/load.ts'
import { processDisk } from '../disk/index.ts'
import { Pool } from '../memory/index.ts'
import type { HeadraceError } from '../pipeline/problem.ts'
import type { Plan } from '../plan/plan.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { Asks } from './asks.ts'
import { sumBooks } from './books.ts'
import { systemClock } from './clock.ts'
import { Commits } from './commits.ts'
import { Counters } from './counters.ts'
import { takeCourse } from './course.ts'
import { afterCrash, refuseCrash } from './crash/after.ts'
import { type Crashes, isOpen } from './crash/crashes.ts'
import { Watched, type Watching } from './crash/watched.ts'
import { EdgeRows } from './edgerows.ts'
import { refuseEmpty } from './emptysources.ts'
import { Heartbeat } from './heartbeat.ts'
import { IdleTime } from './idletime.ts'
import { judge, limitOf, rowsRead } from './judge.ts'
import { Ledger } from './ledger.ts'
import { makeReport } from './makereport.ts'
import { knownError } from './messages.ts'
import type { Rounds } from './phases/rounds.ts'
import { makeRounds, makeTables, mostLanes } from './phases/wiring.ts'
import { fingerprints, type Prepared } from './prepare.ts'
import { type Progress, progressOf } from './progress.ts'
import { reconcile } from './reconcile.ts'
import type { Report } from './report.ts'
import { leaveOut } from './resume/leaveout.ts'
import { type Level, type LogEntry, RunLog } from './runlog.ts'
import { type Snapshot, snapshot } from './snapshot.ts'
import { forgottenBy } from './stored/forget.ts'
import { Workers } from './workers.ts'
import { forgetReport, writeReport } from './writereport.ts'

export interface Listeners {
  readonly logLevel?: Level
  readonly onLog?: (entry: LogEntry) => void
  /** A few times a second while the run is at work. */
  readonly onProgress?: (sample: Snapshot) => void
}

/** One run from its first thread to its report. */
export class Execution {
  readonly #prepared: Prepared
  readonly #listeners: Listeners
  readonly #started = performance.now()
  readonly #log: RunLog
  readonly #disk = processDisk()
  readonly #ledger: Ledger
  readonly #pool: Pool
  readonly #counters: Counters
  readonly #lanes: number
  readonly #writers: number
  readonly #idle: IdleTime
  readonly #asks: Asks
  readonly #crashes: Crashes
  readonly #watching: Watching
  readonly #rows: EdgeRows
  #rounds: Rounds | undefined
  #stopCode: number | null = null
  #opened = false
  #about: { about: Record<string, string>; milliseconds: number } = { about: {}, milliseconds: 0 }

  constructor(prepared: Prepared, listeners: Listeners) {
    const { folder, plan, splits } = prepared
    this.#prepared = prepared
    this.#listeners = listeners
    this.#log = new RunLog(
      join(folder.path, 'run.log'),
      listeners.logLevel ?? 'warn',
      prepared.secrets,
      listeners.onLog ?? (() => {}),
    )
    this.#ledger = new Ledger(join(folder.path, 'ledger'), this.#disk)
    this.#pool = new Pool(plan.memory.cap)
    this.#lanes = mostLanes(plan, splits.length)
    // A row for each lane at work, one for each without work, one for the sinks, one for each model.
    this.#writers = this.#lanes * 2 + 1 + plan.models.length
    this.#counters = new Counters(this.#writers, plan.flow.nodes.length, plan.flow.edges.length)
    this.#idle = new IdleTime({
      flow: plan.flow,
      idle: Array.from({ length: this.#lanes }, (_, lane) => this.#counters.writer(this.#lanes + lane)),
      sinks: this.#counters.writer(this.#lanes * 2),
      clock: () => performance.now(),
    })
    this.#asks = new Asks(folder.path)
    this.#crashes = afterCrash(folder.path, this.#log)
    const turn = isOpen(this.#crashes) ? new SharedArrayBuffer(4) : null
    this.#watching = { folder: join(folder.path, 'work'), turn }
    this.#rows = new EdgeRows({
      folder: folder.path,
      flow: plan.flow,
      counters: this.#counters,
      elapsed: () => performance.now() - this.#started,
      warn: (message) => this.#log.write({ level: 'warn', message }),
    })
    forgetReport(this.#disk.now, folder.path)
  }

  stop(exitCode: number): void {
    this.#stopCode ??= exitCode
    this.#rounds?.stop()
  }

  async report(): Promise<Report> {
    const progress = progressOf(this.#ledger.records)
    let error: HeadraceError | null = null
    let left = 0
    try {
      left = await this.#run(progress)
    } catch (thrown) {
      error = knownError(thrown, 'crash')
      this.#log.write({ level: 'error', message: error.message, ...(error.place.node && { node: error.place.node }) })
    }
    const report = this.#makeReport(progress, error, left)
    try {
      this.#ledger.append({ type: 'end', status: report.status })
      writeReport(this.#disk.now, this.#prepared.folder.path, report)
    } catch (thrown) {
      // A full disk: who started the run hears how it ended all the same.
      const message = `how this run ended could not be written down: ${(thrown as Error).message}`
      this.#log.write({ level: 'warn', message })
    }
    this.#ledger.close()
    return report
  }

  async #run(progress: Progress): Promise<number> {
    const { plan, folder, checked } = this.#prepared
    const { flow } = plan
    refuseCrash()
    const definitions = await loadDefinitions(plan)
    const commits = new Commits({
      disk: this.#disk,
      clock: systemClock,
      watched: (sink) => new Watched(this.#watching, `main-${sink}`),
      flow,
      definitions,
      ledger: this.#ledger,
      progress,
      deadLetterFile: join(folder.path, 'dead-letters.ndjson'),
      models: Object.entries(fingerprints(checked)).map(([node, print]) => ({
        node,
        ...(print as { column: string; fingerprint: null }),
      })),
      forget: forgottenBy({ run: folder.run, nodes: checked.nodes, planned: flow.nodes }),
      isReplay: folder.run.replayOf !== null,
      onStoring: (sink, on) => this.#idle.storing(sink, on),
      log: (node) => (level, message) => this.#log.write({ level, message, node }),
    })
    const before = new Map(progress.books)
    const heartbeat = new Heartbeat({
      sample: () => this.#live(before),
      look: () => this.#look(),
      running: () => this.#rounds?.coordinator?.running ?? 0,
      gathering: () => this.#idle.isGathering,
      log: this.#log,
      listen: this.#listeners.onProgress,
      path: join(folder.path, 'metrics.sqlite'),
    })
    let workers: Workers | undefined
    const tables = makeTables(this.#prepared, {
      disk: this.#disk,
      clock: systemClock,
      definitions,
      ledger: this.#ledger,
      progress,
      log: (level, message, node) => this.#log.write({ level, message, node }),
      onGathering: (node, on) => this.#idle.gathering(on ? node : null),
      onFiltered: ({ index }, rows) => {
        const counters = this.#counters.writer(this.#lanes * 2)
        counters.node(index, 'filtered', rows)
        counters.node(index, 'parents', -rows)
      },
    })
    const limit = checked.pipeline?.settings?.errorLimit
    try {
      return await takeCourse({
        commits,
        tables,
        begin: async (stageFolders) => {
          this.#opened = true
          leaveOut(this.#prepared.skipping, { ledger: this.#ledger, progress, log: this.#log })
          workers = this.#startWorkers(stageFolders, progress, commits)
          this.#rounds = await makeRounds(this.#prepared, {
            clock: systemClock,
            definitions,
            commits,
            tables,
            workers,
            idle: this.#idle,
            crashes: this.#crashes,
            // Rows that were rejected once may all be rejected again: a replay has no limit.
            judge: (inFlight, atWork) =>
              folder.run.replay ??
              judge(flow, limit, sumBooks(progress.books, inFlight), atWork ? rowsRead(flow, this.#live(before)) : 0),
            log: (level, message) => this.#log.write({ level, message }),
          })
          if (this.#stopCode !== null) this.#rounds.stop()
          heartbeat.begin()
          return this.#rounds
        },
        whole: async () => {
          if (workers && plan.models.length) this.#about = await workers.modelsOpen
          refuseEmpty(this.#prepared, progress)
          reconcile(flow, progress)
          this.#idle.lanes(new Set(), false)
          void workers?.close() // it takes a moment, in which outputs are put in place, and is waited for below
        },
      })
    } finally {
      await workers?.close()
      await commits.close()
      this.#idle.close()
      await heartbeat.stop()
      this.#rows.finish()
      this.#asks.close()
    }
  }

  #startWorkers(stageFolders: { readonly [sink: string]: string }, progress: Progress, commits: Commits): Workers {
    const { plan, folder, checked } = this.#prepared
    const outBefore: Record<string, number> = { ...folder.run.replay?.outBefore }
    for (const [id, books] of progress.books) outBefore[id] = (outBefore[id] ?? 0) + books.out
    const start = {
      counters: this.#counters.buffer,
      writers: this.#writers,
      taps: this.#rows.flags,
      stageFolders,
      started: this.#ledger.records.length,
      workFolder: join(folder.path, 'work'),
      outBefore,
      poison: process.env['HEADRACE_POISON'] === '1',
      secrets: this.#prepared.secrets,
      watching: this.#watching,
      crashes: this.#crashes,
      errorLimit: folder.run.replay ? null : limitOf(plan.flow, checked.pipeline?.settings?.errorLimit),
    }
    return new Workers(plan, this.#pool, start, {
      onFree: (lane, since) => this.#idle.freed(lane, since),
      onStaged: (lane, message) => this.#rounds?.coordinator?.staged(lane, message),
      onFailed: (lane, split, error) => {
        this.#log.write({
          level: 'error',
          message: error.message,
          split,
          ...(error.place.node && { node: error.place.node }),
        })
        this.#rounds?.coordinator?.failed(lane, split, error)
      },
      onRows: (rows) => this.#rows.take(rows),
      onStore: (part) => commits.commitPart(part),
      onBroken: (error) => this.#rounds?.fail(error),
      onLog: (level, message, node, split) =>
        this.#log.write({ level, message, node, ...(split !== undefined && { split }) }),
    })
  }

  /** What others ask of the run in its folder. */
  #look(): void {
    const { stop, edges } = this.#asks.look()
    if (stop) this.stop(130)
    this.#rows.look(edges)
  }

  /** The counters now, with what `before` had stored: of an earlier start of this run. */
  #live(before?: Progress['books']): Snapshot {
    const now = performance.now()
    return snapshot(this.#prepared.plan.flow, this.#counters, {
      at: now - this.#started,
      now,
      ...(before && { before }),
    })
  }

  #makeReport(progress: Progress, error: HeadraceError | null, left: number): Report {
    return makeReport({
      prepared: this.#prepared,
      progress,
      error,
      left,
      stopCode: this.#stopCode,
      opened: this.#opened,
      restarts: this.#crashes.restarts,
      seconds: Math.round(performance.now() - this.#started) / 1000,
      pool: this.#pool,
      models: this.#about,
    })
  }
}

async function loadDefinitions(plan: Plan): Promise<Map<string, NodeDefinition>> {
  const catalogue = await catalogueBeside(plan.flow.folder)
  const types = [...new Set(plan.flow.nodes.map(({ type }) => type))]
  const load = async (type: string) => [type, (await catalogue.load(type)) as NodeDefinition] as const
  return new Map(await Promise.all(types.map(load)))
}
