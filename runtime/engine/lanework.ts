import type { Apart } from './apart/apart.ts'
import type { Clock } from './clock.ts'
import type { DeadLetterStage } from './deadletters.ts'
import { type FlowServices, runSplit, type SplitResult, type SplitTask } from './flow.ts'
import type { FlowPlan } from './flowplan.ts'
import { type FromLane, packError } from './messages.ts'

export interface LaneWork {
  readonly plan: FlowPlan
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly services: (deadLetters: DeadLetterStage) => FlowServices
  /** Looks at the lane when a split is staged; throws where something is still held. */
  readonly released: () => void
  /** Sources whose last split here had rows rejected where columns may be left out: the next one is read whole at once. */
  readonly rejecting?: Set<string>
}

/**
 * Takes one split through the nodes and gives what the lane says of it. Where a sink can't take its rows it is taken once
 * more, and they go to that sink in parts. Where a row is rejected while columns are left out it is taken once more with
 * all columns, so that the row is set aside whole.
 */
export async function workOn(
  task: SplitTask,
  deadLetters: DeadLetterStage,
  { plan, clock, signal, services, released, rejecting }: LaneWork,
): Promise<Extract<FromLane, { type: 'staged' | 'failed' }>> {
  let whole = !plan.narrow || rejecting?.has(task.source)
  for (let again = task; ; ) {
    // What goes to a sink in parts, some of them durable, comes whole from the start, and so do rows that were rejected.
    if (again.letters || Object.keys(again.apart ?? {}).length > 0) whole = true
    const narrow = whole ? null : plan.narrow
    const flow = narrow ? { ...plan, nodes: narrow } : plan
    const parted: Record<string, Apart> = { ...again.apart }
    const world = services(deadLetters)
    const onSinkFailed = (end: string, error: unknown) => {
      const failed = error instanceof Error ? error.message : String(error)
      parted[end] = { how: 'write', failed, crashes: null, done: null }
      const say = world.log(end, task.index)
      say(
        'warn',
        `could not take its rows of part ${task.index + 1} together, and looks for the one at fault: ${failed}`,
      )
    }
    // What another sink has made durable in parts meanwhile it does not get again.
    const commitPart: typeof world.commitPart =
      world.commitPart &&
      (async (end, split, receipt, part, range) => {
        await world.commitPart?.(end, split, receipt, part, range)
        const one = parted[end] as Apart
        parted[end] = { ...one, done: { ...part, rejected: [...(one.done?.rejected ?? []), ...part.rejected] } }
      })
    const before = narrow && world.counters.mark?.()
    const onNarrow = () => {
      whole = true
      throw new Error('a row is rejected while columns are left out')
    }
    const own = { ...world, onSinkFailed, onNarrow, ...(commitPart && { commitPart }) }
    try {
      const result = await runSplit(flow, again, own, signal)
      // A node may have caught the error.
      if (narrow && whole) throw new Error('a row was rejected while columns were left out')
      released()
      if (rejectsWhereNarrow(plan, result)) rejecting?.add(task.source)
      else rejecting?.delete(task.source)
      return { type: 'staged', result, deadLetters: deadLetters.finish(), at: clock.now() }
    } catch (error) {
      deadLetters.abandon()
      if (narrow && whole && !signal.aborted) {
        before?.()
        continue
      }
      if (Object.keys(parted).length > Object.keys(again.apart ?? {}).length && !signal.aborted) {
        again = { ...again, apart: parted }
        continue
      }
      return { type: 'failed', split: task.index, error: packError(error), at: clock.now() }
    }
  }
}

const rejectsWhereNarrow = ({ narrow }: FlowPlan, { books }: SplitResult): boolean =>
  narrow?.some(({ id, kind, narrowed }) => narrowed && kind !== 'source' && (books[id]?.rejected ?? 0) > 0) ?? false
