import { join } from 'node:path'
import { type HeadraceError, Pool } from '@headrace/runtime/sdk'
import type { Disk, SimulatedProcess } from '../../runtime/disk/index.ts'
import type { Clock } from '../../runtime/engine/clock.ts'
import { Commits, stageName } from '../../runtime/engine/commits.ts'
import { Coordinator } from '../../runtime/engine/coordinator.ts'
import { Counters } from '../../runtime/engine/counters.ts'
import { takeCourse } from '../../runtime/engine/course.ts'
import { DeadLetterStage } from '../../runtime/engine/deadletters.ts'
import type { FlowServices } from '../../runtime/engine/flow.ts'
import { workOn } from '../../runtime/engine/lanework.ts'
import { Ledger } from '../../runtime/engine/ledger.ts'
import { knownError, unpackError } from '../../runtime/engine/messages.ts'
import { progressOf } from '../../runtime/engine/progress.ts'
import { reconcile } from '../../runtime/engine/reconcile.ts'
import type { Report } from '../../runtime/engine/report.ts'
import { createRunFolder, type RunRecord } from '../../runtime/engine/runfolder.ts'
import { writeMemory } from '../../runtime/engine/stored/memory.ts'
import { forgetReport, writeReport } from '../../runtime/engine/writereport.ts'
import type { Planned } from './plan.ts'

/** How a process ended, and what it had begun. */
export interface Lived {
  readonly how: 'done' | 'failed' | 'killed' | 'refused'
  readonly error: HeadraceError | null
  readonly begun: readonly number[]
  /** Parts that were done when it started, and when it ended. */
  readonly doneBefore: ReadonlySet<number>
  readonly done: ReadonlySet<number>
}

const state = '/simulated/.headrace'
export const runPath = (runId: string): string => join(state, 'runs', runId)
export const lettersOf = (runId: string): string => join(runPath(runId), 'dead-letters.ndjson')

const pool = new Pool(1 << 26)
const lanes = 2

/** A process that begins a run, or takes it up where its folder says, with the engine's own parts over a simulated disk. */
export async function live(process: SimulatedProcess, planned: Planned): Promise<Lived> {
  const { disk } = process
  const { runId } = planned.flow
  const folder = runPath(runId)
  const begun: number[] = []
  const clock = soon()
  let doneBefore: ReadonlySet<number> = new Set()
  let done = doneBefore
  let error: HeadraceError | null = null
  const end = (how: Lived['how']): Lived => ({
    how: process.isKilled() ? 'killed' : how,
    error,
    begun,
    doneBefore,
    done,
  })
  let ledger: Ledger
  try {
    if (disk.now.stat(folder)) readBack(disk, planned)
    else begin(disk, planned)
    forgetReport(disk.now, folder)
    ledger = new Ledger(join(folder, 'ledger'), disk)
  } catch (thrown) {
    error = knownError(thrown, 'crash')
    return end('refused')
  }
  const progress = progressOf(ledger.records)
  doneBefore = new Set(progress.done)
  done = progress.done
  try {
    await work(disk, planned, { folder, ledger, progress, clock, begun })
  } catch (thrown) {
    error = knownError(thrown, 'crash')
  }
  const status = error ? 'failed' : 'done'
  try {
    ledger.append({ type: 'end', status })
    writeReport(disk.now, folder, { status } as Report)
    if (!error)
      writeMemory(disk.now, state, '/simulated/pipeline.json', { runs: [runId], makes: null, files: new Map() })
  } catch {
    // As in a real run: it ended all the same.
  }
  ledger.close()
  return end(status)
}

function begin(disk: Disk, { flow, splits }: Planned): void {
  const parts = { text: '{}', plan: {}, probes: {}, files: [], splits }
  createRunFolder(state, { id: flow.runId } as RunRecord, parts, disk)
}

/** What is in place of a run's folder is whole. */
function readBack(disk: Disk, { flow, splits }: Planned): void {
  const text = (name: string) => String(disk.now.read(join(runPath(flow.runId), name)))
  if (text('splits.json') !== JSON.stringify(splits) || JSON.parse(text('run.json')).id !== flow.runId)
    throw new Error('the folder of the run is torn')
}

async function work(
  disk: Disk,
  { flow, splits, definitions }: Planned,
  world: {
    readonly folder: string
    readonly ledger: Ledger
    readonly progress: ReturnType<typeof progressOf>
    readonly clock: Clock
    readonly begun: number[]
  },
): Promise<void> {
  const { folder, ledger, progress, clock, begun } = world
  const commits = new Commits({
    clock,
    disk,
    flow,
    definitions,
    ledger,
    progress,
    deadLetterFile: lettersOf(flow.runId),
    models: [],
    forget: new Map(),
    isReplay: false,
    log: () => () => {},
  })
  const stop = new AbortController()
  const started = ledger.records.length
  const running: Promise<void>[] = []
  const start = (stageFolders: { readonly [end: string]: string }): Coordinator => {
    const counters = new Counters(1, flow.nodes.length, flow.edges.length).writer(0)
    const run = async (lane: number, index: number) => {
      begun.push(index)
      const letters = new DeadLetterStage(join(folder, 'work', `dead-${index}.ndjson`), disk)
      const task = { index, ...(splits[index] as (typeof splits)[number]) }
      const message = await workOn(task, letters, {
        plan: flow,
        clock,
        signal: stop.signal,
        services: (deadLetters): FlowServices =>
          ({
            disk,
            pool,
            counters,
            clock: clock.now,
            definitions,
            stage: ({ id }, split, count, ending) =>
              join(stageFolders[id] as string, stageName(flow.runId, id, started, `${split}-${count}${ending}`)),
            spillPath: (split, node) => join(folder, 'work', `spill-${split}-${node}`),
            deadLetters,
            log: () => () => {},
            outBefore: new Map(),
          }) as Partial<FlowServices> as FlowServices,
        released: () => {},
      })
      if (message.type === 'staged') coordinator.staged(lane, message)
      else coordinator.failed(lane, message.split, unpackError(message.error))
    }
    const coordinator: Coordinator = new Coordinator({
      clock,
      flow,
      splits,
      lanes,
      progress,
      commit: (...given) => commits.commit(...given),
      done: (...given) => commits.done(...given),
      groups: new Map(),
      run: (lane, index) => void running.push(run(lane, index)),
      abort: () => stop.abort(new Error('the run was stopped')),
      judge: () => {},
      log: () => {},
    })
    return coordinator
  }
  try {
    await takeCourse({
      commits,
      tables: { open: async () => ({}), remove: async () => {} },
      begin: async (stageFolders) => {
        const coordinator = start(stageFolders)
        return { run: async () => (await coordinator.run()).left }
      },
      whole: async () => reconcile(flow, progress),
    })
  } finally {
    await Promise.all(running)
    await commits.close()
  }
}

/** Time in which every wait is over at once, in its order. */
function soon(): Clock {
  let now = 0
  return {
    now: () => now,
    after(milliseconds, call) {
      const due = now + milliseconds
      const timer = setImmediate(() => {
        now = Math.max(now, due)
        call()
      })
      return () => clearImmediate(timer)
    },
  }
}
