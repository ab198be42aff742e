import { fault } from '../pipeline/fault.ts'
import type { HeadraceError } from '../pipeline/problem.ts'
import { backoff, tries } from './backoff.ts'
import { type Clock, pause } from './clock.ts'

/** Work that the surroundings disturb is tried again, three times; `number` tells it from other work (`backoff`). */
export async function retried<T>(
  work: () => Promise<T>,
  clock: Clock,
  onRetry: (error: HeadraceError) => void,
  number = 0,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const passing = fault(error)
      if (!passing || attempt === tries) throw passing ?? error
      onRetry(passing)
      await pause(clock, backoff(attempt, number))
    }
  }
}
