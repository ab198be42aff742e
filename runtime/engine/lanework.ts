import type { Clock } from './clock.ts'
import type { DeadLetterStage } from './deadletters.ts'
import { type FlowServices, runSplit, type SplitTask } from './flow.ts'
import type { FlowPlan } from './flowplan.ts'
import { type FromLane, packError } from './messages.ts'

export interface LaneWork {
  readonly plan: FlowPlan
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly services: (deadLetters: DeadLetterStage) => FlowServices
  /** Looks at the lane when a split is staged; throws where something is still held. */
  readonly released: () => void
}

/** Takes one split through the nodes and gives what the lane says of it. */
export async function workOn(
  task: SplitTask,
  deadLetters: DeadLetterStage,
  { plan, clock, signal, services, released }: LaneWork,
): Promise<Extract<FromLane, { type: 'staged' | 'failed' }>> {
  try {
    const result = await runSplit(plan, task, services(deadLetters), signal)
    released()
    return { type: 'staged', result, deadLetters: deadLetters.finish(), at: clock.now() }
  } catch (error) {
    deadLetters.abandon()
    return { type: 'failed', split: task.index, error: packError(error), at: clock.now() }
  }
}
