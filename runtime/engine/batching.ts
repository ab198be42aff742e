import { type Batch, Batch as BatchOf, type Failure, type Scope } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import type { Column, Field } from '../sdk/index.ts'
import { isolate, type Piece } from './isolate.ts'
import { mergeRows, separate } from './merging.ts'

/** A caller's rows on their way through a model. */
export interface Request {
  readonly batch: Batch
  /** What each row costs (its tokens); null: every row 1, and rows are not sorted. */
  readonly costs: Uint32Array | null
}

export interface Limits {
  readonly rows: number
  readonly cost: number
}

/** Rows for one call, by request and row. */
export type Cut = readonly { readonly request: number; readonly row: number }[]

/**
 * Cuts the rows of several requests into calls: sorted by cost, so that padding is small, each call within both
 * limits (cost = rows × the costliest row). Longest first, so that a model that cannot take the largest call says so
 * at once. A row above the limit goes alone.
 */
export function cutCalls(
  requests: readonly Pick<Request, 'costs' | 'batch'>[],
  limits: Limits,
  isIn: (request: number, row: number) => boolean = () => true,
): Cut[] {
  const rows: { request: number; row: number; cost: number }[] = []
  requests.forEach(({ batch, costs }, request) => {
    for (let row = 0; row < batch.rows; row++)
      if (isIn(request, row)) rows.push({ request, row, cost: costs ? (costs[row] as number) : 1 })
  })
  if (requests.some(({ costs }) => costs))
    rows.sort((a, b) => b.cost - a.cost || a.request - b.request || a.row - b.row)
  const cuts: { request: number; row: number }[][] = []
  let cut: { request: number; row: number }[] = []
  let costliest = 0
  for (const { request, row, cost } of rows) {
    const grown = Math.max(costliest, cost)
    if (cut.length > 0 && (cut.length >= limits.rows || (cut.length + 1) * grown > limits.cost)) {
      cuts.push(cut)
      cut = []
      costliest = 0
    }
    cut.push({ request, row })
    costliest = Math.max(costliest, cost)
  }
  if (cut.length > 0) cuts.push(cut)
  return cuts
}

/** Asks a model for the rows of a cut, which are merged in `batch`. */
export type Infer = (batch: Batch, cut: Cut) => Promise<readonly [Field, Column][]>

export interface Answer {
  /** The rows that went well, in the request's order. */
  readonly batch: Batch
  readonly failures: readonly Failure[]
}

export interface InferAll {
  /** How many calls may be on their way; 1: one after the other. */
  readonly atOnce?: number
  /** Hears of each cut. */
  readonly onCut?: (cut: Cut) => void
  /** Hears how many rows of a cut failed alone so far, and how many went well; throws where that is too many. */
  readonly judge?: (failed: number, well: number) => void
  /** Calls the model with these rows. */
  readonly around?: <T>(cut: Cut, call: () => Promise<T>) => Promise<T>
  /** Rows that are not asked for at all, and rows that are in calls of their own: after a crash. */
  readonly suspects?: Suspects | null
}

export interface Suspects {
  /** Why the model is not asked for a row; null: it is. */
  readonly failure: (request: number, row: number) => Omit<Failure, 'row'> | null
  /** The number of its group; 0: with all others. */
  readonly group: (request: number, row: number) => number
}

/** Runs cuts in their order and puts the answers of each request together in its own order. */
export async function inferAll(
  requests: readonly Request[],
  limits: Limits,
  infer: Infer,
  scope: Scope,
  { atOnce = 1, onCut, judge, around = (_, call) => call(), suspects }: InferAll = {},
): Promise<Answer[]> {
  const failures = requests.map((): Failure[] => [])
  const cuts = suspects ? cutApart(requests, limits, suspects, failures) : cutCalls(requests, limits)
  const pieces: (readonly Piece<Batch>[])[] = []
  await inOrder(cuts, atOnce, async (cut, at) => {
    onCut?.(cut)
    pieces[at] = await isolate(cut.length, {
      run: (from, to) => {
        const some = cut.slice(from, to)
        return around(some, () => inferCut(requests, some, infer, scope))
      },
      ...(judge && { onFailed: judge }),
    })
  })
  const results: Batch[] = []
  const places = requests.map(({ batch }) => new Int32Array(batch.rows).fill(-1))
  let stored = 0
  for (const [at, cut] of cuts.entries()) {
    for (const piece of pieces[at] as readonly Piece<Batch>[]) {
      const part = cut.slice(piece.from, piece.to)
      if ('result' in piece) {
        for (const { request, row } of part) (places[request] as Int32Array)[row] = stored++
        results.push(piece.result)
      } else for (const { request, row } of part) failures[request]?.push({ row, ...reasonOf(piece.error) })
    }
  }
  return separate(requests, results, places, failures, scope)
}

/** Works on a list, on so many of it at once. After a failure nothing more is begun; what is at work ends before it is thrown. */
async function inOrder<T>(
  list: readonly T[],
  atOnce: number,
  work: (one: T, at: number) => Promise<void>,
): Promise<void> {
  const failed: unknown[] = []
  let next = 0
  const go = async () => {
    while (next < list.length && failed.length === 0) {
      const at = next++
      try {
        await work(list[at] as T, at)
      } catch (error) {
        failed.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, go))
  if (failed.length > 0) throw failed[0]
}

/** The cuts after a crash: a group's rows are in no call with others, and rows that crash alone are in none. */
function cutApart(
  requests: readonly Request[],
  limits: Limits,
  { failure, group }: Suspects,
  failures: readonly Failure[][],
): Cut[] {
  const groups = requests.map(({ batch }, request) =>
    Array.from({ length: batch.rows }, (_, row) => {
      const why = failure(request, row)
      if (why) failures[request]?.push({ row, ...why })
      return why ? -1 : group(request, row)
    }),
  )
  // Those of no group come last: they are not suspected, and would be asked for again after each crash.
  const rank = (number: number) => number || Number.POSITIVE_INFINITY
  const numbers = [...new Set(groups.flat())].filter((number) => number >= 0).sort((a, b) => rank(a) - rank(b))
  return numbers.flatMap((number) => cutCalls(requests, limits, (request, row) => groups[request]?.[row] === number))
}

async function inferCut(requests: readonly Request[], cut: Cut, infer: Infer, scope: Scope): Promise<Batch> {
  const batch = mergeRows(requests, cut, scope)
  const columns = await infer(batch, cut)
  for (const [{ name }, column] of columns) if (column.length !== batch.rows) throw unanswered(batch.rows, name, column)
  const result = new BatchOf(
    scope,
    new Schema(columns.map(([field]) => field)),
    columns.map(([, column]) => column),
    batch.identity,
  )
  return result.keep()
}

const unanswered = (rows: number, name: string, { length }: Column): HeadraceError =>
  new HeadraceError(
    'row-counts',
    `row counts do not match: the model was asked for ${rows} rows and gave ${length} values of "${name}"`,
    { hint: 'A node lost or doubled rows. This is a fault of the node; nothing of this part of the input was stored.' },
  )

const reasonOf = (error: unknown) => ({
  code: 'model-failed',
  message: error instanceof Error ? error.message : String(error),
})
