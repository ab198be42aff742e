import { fault, isOfSystem } from '../../pipeline/fault.ts'
import { HeadraceError } from '../../pipeline/problem.ts'

/**
 * Whether some rows of a sink's call may be the reason of its error: what it throws by itself. What the system says, and
 * an error in words of ours, is of the call as a whole, unless it says `ofRows`.
 */
export function mayBeOfRows(error: unknown): boolean {
  if (fault(error)) return false
  if (error instanceof HeadraceError) return error.ofRows
  return !isOfSystem(error)
}
