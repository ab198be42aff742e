import { setTimeout } from 'node:timers/promises'
import { HeadraceError } from '../pipeline/problem.ts'

/** Work in the main thread that the surroundings disturb is tried again: three times, after 0.5, 1 and 2 s. */
export async function retried<T>(work: () => Promise<T>, onRetry: (error: HeadraceError) => void): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof HeadraceError && error.fault) || attempt === 3) throw error
      onRetry(error)
      await setTimeout(500 * 2 ** attempt)
    }
  }
}
