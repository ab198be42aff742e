import type { HeadraceError, NodeDefinition, OpenSink, Pool, PoolHandle } from '@headrace/runtime/sdk'
import { type Disk, Killed, type SimulatedProcess } from '../../runtime/disk/index.ts'
import { Commits, type CommitsOptions } from '../../runtime/engine/commits.ts'
import { takeCourse } from '../../runtime/engine/course.ts'
import type { Credits } from '../../runtime/engine/credits.ts'
import { Ledger } from '../../runtime/engine/ledger.ts'
import { knownError, unpackError } from '../../runtime/engine/messages.ts'
import type { Rounds } from '../../runtime/engine/phases/rounds.ts'
import { makeRounds, makeTables, type RoundsWorld } from '../../runtime/engine/phases/wiring.ts'
import { type Progress, progressOf } from '../../runtime/engine/progress.ts'
import { reconcile } from '../../runtime/engine/reconcile.ts'
import { type FromSplit, SimulatedWorkers } from './lanes.ts'
import { SimulatedModel } from './model.ts'
import type { Scene } from './scene.ts'
import type { SimulatedTime } from './time.ts'
import { laneDied, type Troubles } from './trouble.ts'

/** Where a test puts its planted bugs: each takes a part of the engine and gives the one to be used. */
export interface Parts {
  readonly pool: (handle: PoolHandle) => Pool
  readonly credits: (capacity: number) => Credits
  readonly disk: (disk: Disk) => Disk
  readonly commits: (commits: Commits) => Commits
  readonly hear: (hear: (lane: number, message: FromSplit) => void) => (lane: number, message: FromSplit) => void
  readonly workers: (workers: SimulatedWorkers) => RoundsWorld['workers']
  readonly scheduler: RoundsWorld['scheduler']
  readonly sink: (sink: OpenSink) => OpenSink
  readonly nodes: (nodes: Record<string, NodeDefinition>) => Record<string, NodeDefinition>
  readonly progress: (progress: Progress) => Progress
}

export interface LifeWorld {
  readonly scene: Scene
  readonly time: SimulatedTime
  readonly process: SimulatedProcess
  readonly troubles: Troubles
  readonly parts: Parts
  readonly definitions: (disk: Disk, time: Pick<SimulatedTime, 'now' | 'after'>) => ReadonlyMap<string, NodeDefinition>
  readonly aroundModel: () => Promise<void>
  readonly delay: () => number
  readonly spills: string
  readonly note: (what: string) => void
  readonly pool: PoolHandle
}

/** How a life of the process ended. */
export interface Lived {
  readonly how: 'done' | 'stopped' | 'failed' | 'killed' | 'stuck' | 'uncaught'
  readonly error: HeadraceError | null
  readonly events: number
  /** How often each part was begun. */
  readonly begun: ReadonlyMap<number, number>
  /** Parts that were done when it started. */
  readonly doneBefore: ReadonlySet<number>
  readonly workers: SimulatedWorkers | undefined
}

export const runFolder = '/simulated/run'
export const ledgerFile = `${runFolder}/ledger`
export const lettersFile = `${runFolder}/dead-letters.ndjson`

/** More than any scene needs. */
const mostEvents = 30_000

/** One process from its start to its end: the engine's own parts over simulated time, disk and threads. */
export async function live(world: LifeWorld): Promise<Lived> {
  const { time, process, troubles, note } = world
  const begun = new Map<number, number>()
  let doneBefore: ReadonlySet<number> = new Set()
  let workers: SimulatedWorkers | undefined
  let rounds: Rounds | undefined
  let store: Commits['commitPart'] | undefined
  let stopped = false
  let ended: { how: 'done' | 'stopped' | 'failed'; error: HeadraceError | null } | undefined
  const run = async () => {
    const { scene, parts } = world
    const { flow, splits } = scene
    const disk = parts.disk(process.disk)
    const ledger = new Ledger(ledgerFile, disk)
    const progress = parts.progress(progressOf(ledger.records))
    doneBefore = new Set(progress.done)
    const definitions = world.definitions(disk, time)
    const log = (level: string, message: string) => note(`${level}: ${message}`)
    const commits = parts.commits(
      new Commits({
        clock: time,
        flow,
        definitions,
        ledger,
        progress,
        deadLetterFile: lettersFile,
        models: [],
        forget: new Map(),
        isReplay: false,
        log: (node) => (level, message) => log(level, `${node}: ${message}`),
        disk,
      } as CommitsOptions),
    )
    store = (part) => commits.commitPart(part)
    const plan = { flow, lanes: scene.lanes, memory: { cap: 1 << 28 }, splitRows: 100, splitBytes: 1e6 } as never
    const folder = { path: runFolder, run: {} } as never
    const tables = makeTables({ plan, folder }, {
      clock: time,
      definitions,
      ledger,
      progress,
      disk,
      log: (level, message, node) => log(level, `${node}: ${message}`),
      onGathering: () => {},
      onFiltered: () => {},
    } as Parameters<typeof makeTables>[1])
    try {
      const left = await takeCourse({
        commits,
        tables,
        begin: async (stageFolders) => {
          workers = startLanes(stageFolders, ledger.records.length, progress, disk)
          rounds = await makeRounds(
            { plan, splits, folder },
            {
              clock: time,
              definitions,
              commits,
              tables,
              workers: parts.workers(workers),
              idle: { lanes: () => {} },
              judge: () => {},
              log,
              scheduler: parts.scheduler,
            },
          )
          if (stopped) rounds.stop()
          return rounds
        },
        whole: async () => reconcile(flow, progress),
      })
      await workers?.close()
      ledger.append({ type: 'end', status: left ? 'stopped' : 'done' })
      ended = { how: left ? 'stopped' : 'done', error: null }
    } catch (thrown) {
      const error = knownError(thrown, 'crash')
      await workers?.close()
      ledger.append({ type: 'end', status: 'failed' })
      ended = { how: 'failed', error }
    } finally {
      await commits.close()
      ledger.close()
    }
  }
  const startLanes = (
    stageFolders: { readonly [end: string]: string },
    started: number,
    progress: Progress,
    disk: Disk,
  ) => {
    const { scene, parts, pool, delay, spills } = world
    const hasModel = scene.flow.nodes.some(({ kind }) => kind === 'model')
    const hear = parts.hear((lane, message) => {
      if (message.type === 'staged') rounds?.coordinator?.staged(lane, message)
      else rounds?.coordinator?.failed(lane, message.split, unpackError(message.error))
    })
    return new SimulatedWorkers({
      flow: scene.flow,
      time,
      disk,
      pool,
      stageFolders,
      started,
      outBefore: new Map([...progress.books].map(([id, { out }]) => [id, out])),
      definitions: (laneTime) => world.definitions(disk, laneTime),
      model: hasModel ? new SimulatedModel({ pool, around: world.aroundModel, newPool: parts.pool }) : null,
      delay,
      spills,
      hear: (lane, message) => {
        note(`lane ${lane} ${message.type} ${message.type === 'staged' ? message.result.index : message.split}`)
        hear(lane, message)
      },
      store: async (part) => await store?.(part),
      // What a dead process goes on to ask for comes to nothing.
      onRun: (split) => process.isKilled() || begun.set(split, (begun.get(split) ?? 0) + 1),
      newPool: parts.pool,
      newCredits: parts.credits,
    })
  }
  const { ending } = troubles
  if (ending && ending.operation === null) {
    time.after(ending.at, () => {
      note(ending.how)
      if (ending.how === 'stopped') {
        stopped = true
        rounds?.stop()
      } else if (ending.how === 'lane died') {
        const lane = workers?.lanes.at(0)
        if (!lane || ended) return
        lane.die()
        rounds?.fail(laneDied())
      } else process.kill()
    })
  }
  let crash: unknown
  run().catch((error) => {
    crash = error
  })
  let events = 0
  const lived = (how: Lived['how'], error: HeadraceError | null): Lived => {
    time.clear()
    return { how, error, events, begun, doneBefore, workers }
  }
  for (;;) {
    await drained()
    if (process.isKilled()) return lived('killed', null)
    if (ended) break
    // Its ledger could not be opened or closed: the process goes, as the real one would.
    if (crash) return lived('failed', knownError(crash, 'crash'))
    if (events++ > mostEvents) return lived('stuck', null)
    try {
      if (!time.step()) return lived('stuck', null)
    } catch (error) {
      if (error instanceof Killed) continue
      return lived('uncaught', knownError(error, 'crash'))
    }
  }
  // What was on its way arrives; nobody waits for it.
  while (time.step()) await drained()
  return lived(ended.how, ended.error)
}

/** Whatever can go on without time going by has gone on. */
const drained = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
