import { HeadraceError } from '../pipeline/problem.ts'
import { type Clock, pause } from './clock.ts'

/** Work in the main thread that the surroundings disturb is tried again: three times, after 0.5, 1 and 2 s. */
export async function retried<T>(
  work: () => Promise<T>,
  clock: Clock,
  onRetry: (error: HeadraceError) => void,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof HeadraceError && error.fault) || attempt === 3) throw error
      onRetry(error)
      await pause(clock, 500 * 2 ** attempt)
    }
  }
}
