import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { loadCatalogue } from '../catalogue/load.ts'
import { withoutSecrets } from '../catalogue/secrets.ts'
import { Pool } from '../memory/index.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import type { Plan } from '../plan/plan.ts'
import type { NodeDefinition, SinkNode } from '../sdk/node.ts'
import { Commits, progressOf } from './commits.ts'
import { Coordinator } from './coordinator.ts'
import { Counters } from './counters.ts'
import { Heartbeat } from './heartbeat.ts'
import { judge } from './judge.ts'
import { Ledger } from './ledger.ts'
import { packError } from './messages.ts'
import { type Snapshot, snapshot } from './metrics.ts'
import { fingerprints, type Prepared, prepareResume, prepareRun, type StartOptions } from './prepare.ts'
import { allBalanced, nodeReports, type Report, totals } from './report.ts'
import { lockPipeline, summarise } from './runfolder.ts'
import { type Level, type LogEntry, RunLog } from './runlog.ts'
import { Workers } from './workers.ts'
import { writeReport } from './writereport.ts'

export interface Listeners {
  readonly logLevel?: Level
  readonly onLog?: (entry: LogEntry) => void
  /** A few times a second while the run is at work. */
  readonly onProgress?: (sample: Snapshot) => void
}

/** A run at work. */
export interface Running {
  readonly id: string
  readonly plan: Plan
  /** Source rows, where every source knows them. */
  readonly rowsExpected: number | null
  readonly done: Promise<Report>
  /** Finishes what is in flight and ends, resumable; the exit code that the report then has. */
  readonly stop: (exitCode: number) => void
}

export type Started = { readonly problems: readonly Problem[]; readonly running: Running | null }

/** Starts a new run of a pipeline. */
export async function startRun(options: StartOptions & Listeners): Promise<Started> {
  const { problems, prepared } = await prepareRun(options)
  try {
    return { problems, running: prepared && (await execute(prepared, options)) }
  } catch (error) {
    // A run that never began is no run: its folder would pass for the latest unfinished one.
    if (prepared) rmSync(prepared.folder.path, { recursive: true, force: true })
    throw error
  }
}

/** Takes an unfinished run up where its ledger ends; null and no problem where it is finished. */
export async function resumeRun(path: string, options: Listeners = {}): Promise<Started> {
  if (summarise(path).finished) return { problems: [], running: null }
  const { problems, prepared } = await prepareResume(path)
  return { problems, running: prepared && (await execute(prepared, options)) }
}

async function execute(prepared: Prepared, listeners: Listeners): Promise<Running> {
  const { folder, plan, splits, state } = prepared
  const unlock = lockPipeline(state, folder.run.pipeline, folder.run.id)
  const run = new Execution(prepared, listeners)
  const known = splits.every(({ split }) => split.rows !== undefined)
  return {
    id: folder.run.id,
    plan,
    rowsExpected: known ? splits.reduce((sum, { split }) => sum + (split.rows ?? 0), 0) : null,
    done: run.report().finally(unlock),
    stop: (exitCode) => run.stop(exitCode),
  }
}

/** One run from its first thread to its report. */
class Execution {
  readonly #prepared: Prepared
  readonly #listeners: Listeners
  readonly #started = performance.now()
  readonly #log: RunLog
  readonly #ledger: Ledger
  readonly #pool: Pool
  readonly #counters: Counters
  readonly #lanes: number
  #coordinator: Coordinator | undefined
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
    this.#ledger = new Ledger(join(folder.path, 'ledger'))
    this.#pool = new Pool(plan.memory.cap)
    this.#lanes = Math.max(1, Math.min(plan.lanes, splits.length))
    this.#counters = new Counters(this.#lanes, plan.flow.nodes.length, plan.flow.edges.length)
  }

  stop(exitCode: number): void {
    this.#stopCode ??= exitCode
    this.#coordinator?.stop()
  }

  async report(): Promise<Report> {
    const progress = progressOf(this.#ledger.records)
    let error: HeadraceError | null = null
    let left = 0
    try {
      left = await this.#run(progress)
    } catch (thrown) {
      error =
        thrown instanceof HeadraceError
          ? thrown
          : new HeadraceError('crash', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
      this.#log.write({ level: 'error', message: error.message, ...(error.place.node && { node: error.place.node }) })
    }
    const report = this.#makeReport(progress, error, left)
    this.#ledger.append({ type: 'end', status: report.status })
    this.#ledger.close()
    writeReport(this.#prepared.folder.path, report)
    return report
  }

  async #run(progress: ReturnType<typeof progressOf>): Promise<number> {
    const { plan, splits, folder, checked } = this.#prepared
    const { flow } = plan
    const definitions = await loadDefinitions(plan)
    const commits = new Commits({
      flow,
      definitions,
      ledger: this.#ledger,
      progress,
      deadLetterFile: join(folder.path, 'dead-letters.ndjson'),
      models: Object.entries(fingerprints(checked)).map(([node, print]) => ({
        node,
        ...(print as { column: string; fingerprint: null }),
      })),
      log: (node) => (level, message) => this.#log.write({ level, message, node }),
    })
    const heartbeat = new Heartbeat({
      sample: () => this.#live(),
      running: () => this.#coordinator?.running ?? 0,
      log: this.#log,
      listen: this.#listeners.onProgress,
      path: join(folder.path, 'metrics.sqlite'),
    })
    let workers: Workers | undefined
    try {
      const stageFolders = await commits.open()
      this.#opened = true
      workers = this.#startWorkers(stageFolders, progress)
      const limit = checked.pipeline?.settings?.errorLimit
      this.#coordinator = new Coordinator({
        flow,
        splits,
        lanes: this.#lanes,
        commits,
        groups: new Map(flow.nodes.map(({ id, type }) => [id, (definitions.get(type) as SinkNode).group])),
        run: (lane, index) => workers?.run(lane, { index, ...(splits[index] as (typeof splits)[number]) }),
        abort: () => workers?.abort(),
        judge: () => judge(flow, limit, this.#live().nodes),
        log: (level, message) => this.#log.write({ level, message }),
      })
      if (this.#stopCode !== null) this.#coordinator.stop()
      const { left } = await this.#coordinator.run()
      if (plan.models.length && left === 0) this.#about = await workers.modelsOpen
      if (left === 0) {
        this.#refuseEmpty(progress)
        await commits.finish()
      }
      return left
    } finally {
      await workers?.close()
      await commits.close()
      await heartbeat.stop()
    }
  }

  #startWorkers(stageFolders: { readonly [sink: string]: string }, progress: ReturnType<typeof progressOf>): Workers {
    const { plan, folder } = this.#prepared
    const outBefore = Object.fromEntries([...progress.books].map(([id, books]) => [id, books.out]))
    const start = {
      counters: this.#counters.buffer,
      stageFolders,
      workFolder: join(folder.path, 'work'),
      outBefore,
      poison: process.env['HEADRACE_POISON'] === '1',
    }
    return new Workers(plan, this.#pool, this.#lanes, start, {
      onStaged: (lane, message) => this.#coordinator?.staged(lane, message),
      onFailed: (lane, split, error) => {
        this.#log.write({
          level: 'error',
          message: error.message,
          split,
          ...(error.place.node && { node: error.place.node }),
        })
        this.#coordinator?.failed(lane, split, error)
      },
      onBroken: (error) => this.#coordinator?.fail(error),
      onLog: (level, message, node, split) =>
        this.#log.write({ level, message, node, ...(split !== undefined && { split }) }),
    })
  }

  #live(): Snapshot {
    return snapshot(this.#prepared.plan.flow, this.#counters, performance.now() - this.#started)
  }

  /** A source without rows is a mistake unless its settings say that it may be empty. */
  #refuseEmpty({ books }: ReturnType<typeof progressOf>): void {
    const { plan, checked } = this.#prepared
    if (plan.flow.limit === 0) return
    for (const { id, kind } of plan.flow.nodes) {
      if (kind !== 'source' || (books.get(id)?.in ?? 0) > 0 || checked.nodes[id]?.ifEmpty === 'ok') continue
      throw new HeadraceError('no-rows', `${id} has no rows`, {
        place: { node: id },
        hint: 'Look at its path, or say ifEmpty: "ok" where an empty input is right.',
      })
    }
  }

  #makeReport(progress: ReturnType<typeof progressOf>, error: HeadraceError | null, left: number): Report {
    const { plan, folder, checked } = this.#prepared
    const { count } = progress.deadLetters
    const stopped = error === null && left > 0
    const allowed = checked.pipeline?.settings?.deadLetters ?? 0
    const balanced = allBalanced(progress)
    const nodes = nodeReports(plan.flow, progress)
    const status = error || !balanced ? 'failed' : stopped ? 'stopped' : 'done'
    // A sink that refuses before the first row of a new run: nothing is there to be resumed.
    const refused = !this.#opened && progress.committed.size === 0
    const exitCode = { failed: refused ? 2 : 1, stopped: this.#stopCode ?? 130, done: count > allowed ? 3 : 0 }[status]
    return {
      runId: folder.run.id,
      pipeline: folder.run.pipeline,
      status,
      exitCode,
      seconds: Math.round(performance.now() - this.#started) / 1000,
      nodes,
      rows: totals(plan.flow, nodes),
      balanced,
      deadLetters: { count, file: count ? join(folder.path, 'dead-letters.ndjson') : null },
      outputs: [...progress.finished].map(([node, output]) => ({ node, ...output })),
      peakMemory: process.resourceUsage().maxRSS * 1024,
      memory: { cap: this.#pool.cap, highest: this.#pool.highest, copied: this.#pool.copied },
      models: this.#about.about,
      modelSeconds: Math.round(this.#about.milliseconds) / 1000,
      folder: folder.path,
      ...(error && { error: withoutStack(error, this.#prepared.secrets) }),
    }
  }
}

function withoutStack(error: HeadraceError, secrets: readonly string[]): Report['error'] {
  const { stack: _stack, ...rest } = packError(error)
  return { ...rest, message: withoutSecrets(rest.message, secrets) }
}

async function loadDefinitions(plan: Plan): Promise<Map<string, NodeDefinition>> {
  const catalogue = await loadCatalogue()
  const types = [...new Set(plan.flow.nodes.map(({ type }) => type))]
  return new Map(
    await Promise.all(types.map(async (type) => [type, (await catalogue.load(type)) as NodeDefinition] as const)),
  )
}
