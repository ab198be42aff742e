import { fault } from '../pipeline/fault.ts'
import { HeadraceError } from '../pipeline/problem.ts'

/** A piece of a call: its result, or why its only row failed. */
export type Piece<T> =
  | { readonly from: number; readonly to: number; readonly result: T }
  | { readonly from: number; readonly to: number; readonly error: unknown }

export interface Isolation<T> {
  /** Works on rows `from` to `to`, half open; throws where one of them makes it fail. */
  readonly run: (from: number, to: number) => Promise<T>
  /** Whether a row may be the reason of an error; one that it can't be the reason of is thrown on. */
  readonly isOfRow?: (error: unknown) => boolean
  /** What the rows are tried as first, and in which order; `error`: they are known to fail with it. Default: all at once. */
  readonly start?: readonly Start[]
  /** Hears of every row that failed alone: how many so far, and how many rows went well; throws where that is too many. */
  readonly onFailed?: (failed: number, well: number, row: number, error: unknown) => void
}

export interface Start {
  readonly from: number
  readonly to: number
  readonly error?: unknown
}

/** After so many rows that failed alone, and none that went well, the others are tried one by one. */
const hopeless = 8

/**
 * Finds the rows that make a call fail by halving it, in order: at most 2 · log2(rows) + 1 calls for one such row. A
 * fault of the surroundings is thrown on. Where everything fails each row is tried once.
 */
export async function isolate<T>(rows: number, isolation: Isolation<T>): Promise<Piece<T>[]> {
  const { run, isOfRow = mayBeOfRow, start = [{ from: 0, to: rows }], onFailed } = isolation
  const pieces: Piece<T>[] = []
  let failed = 0
  let well = 0
  /** Undefined where it went well. */
  const attempt = async (from: number, to: number): Promise<unknown> => {
    try {
      pieces.push({ from, to, result: await run(from, to) })
      well += to - from
      return undefined
    } catch (error) {
      const passing = fault(error)
      if (passing || !isOfRow(error)) throw passing ?? error
      return error ?? new Error('failed')
    }
  }
  /** `error`: what all of them fail with together. */
  const halve = async (from: number, to: number, error: unknown): Promise<void> => {
    if (to - from === 1) {
      pieces.push({ from, to, error })
      failed++
      onFailed?.(failed, well, from, error)
      return
    }
    if (well === 0 && failed >= hopeless) {
      for (let row = from; row < to; row++) await visit(row, row + 1)
      return
    }
    const middle = from + ((to - from) >> 1)
    const left = await attempt(from, middle)
    if (left !== undefined) await halve(from, middle, left)
    // Where the left half went well the right one holds the reason: it is not tried as a whole.
    if (left === undefined && to - middle > 1) await halve(middle, to, error)
    else await visit(middle, to)
  }
  const visit = async (from: number, to: number): Promise<void> => {
    const error = await attempt(from, to)
    if (error !== undefined) await halve(from, to, error)
  }
  for (const { from, to, error } of start) {
    if (from === to) continue
    if (error === undefined) await visit(from, to)
    else await halve(from, to, error)
  }
  return pieces.sort((a, b) => a.from - b.from)
}

/** Nor is a row at fault where a node answers with more or fewer than it was asked. */
function mayBeOfRow(error: unknown): boolean {
  return !(error instanceof HeadraceError && error.code === 'row-counts')
}
