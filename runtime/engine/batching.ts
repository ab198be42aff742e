import {
  type Batch,
  Batch as BatchOf,
  concat,
  concatBatches,
  type Failure,
  gather,
  Identity,
  type Scope,
} from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import { Schema as SchemaOf } from '../pipeline/schema.ts'
import type { Column, Field } from '../sdk/index.ts'
import { isolate } from './isolate.ts'

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

export type Infer = (batch: Batch) => Promise<readonly [Field, Column][]>

export interface Answer {
  /** The rows that went well, in the request's order. */
  readonly batch: Batch
  readonly failures: readonly Failure[]
}

export interface InferAll {
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

/** Runs cuts one after the other and puts the answers of each request together in its own order. */
export async function inferAll(
  requests: readonly Request[],
  limits: Limits,
  infer: Infer,
  scope: Scope,
  { onCut, judge, around = (_, call) => call(), suspects }: InferAll = {},
): Promise<Answer[]> {
  const results: Batch[] = []
  const failures = requests.map((): Failure[] => [])
  const places = requests.map(({ batch }) => new Int32Array(batch.rows).fill(-1))
  let stored = 0
  for (const cut of suspects ? cutApart(requests, limits, suspects, failures) : cutCalls(requests, limits)) {
    onCut?.(cut)
    const pieces = await isolate(cut.length, {
      run: (from, to) => {
        const some = cut.slice(from, to)
        return around(some, () => inferCut(requests, some, infer, scope))
      },
      ...(judge && { onFailed: judge }),
    })
    for (const piece of pieces) {
      const part = cut.slice(piece.from, piece.to)
      if ('result' in piece) {
        for (const [i, { request, row }] of part.entries()) (places[request] as Int32Array)[row] = stored + i
        stored += part.length
        results.push(piece.result)
      } else for (const { request, row } of part) failures[request]?.push({ row, ...reasonOf(piece.error) })
    }
  }
  return assemble(requests, results, places, failures, scope)
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
  const columns = await infer(batch)
  for (const [{ name }, column] of columns) if (column.length !== batch.rows) throw unanswered(batch.rows, name, column)
  const result = new BatchOf(
    scope,
    new SchemaOf(columns.map(([field]) => field)),
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

/** The rows of a cut as one batch. Rows that follow each other in one request are sliced, not copied. */
function mergeRows(requests: readonly Request[], cut: Cut, scope: Scope): Batch {
  const first = requests[cut[0]?.request as number] as Request
  if (cut.length === first.batch.rows && cut.every(({ request, row }, i) => request === cut[0]?.request && row === i))
    return first.batch
  const byRequest = new Map<number, number[]>()
  for (const { request, row } of cut) {
    const rows = byRequest.get(request)
    if (rows) rows.push(row)
    else byRequest.set(request, [row])
  }
  const parts = [...byRequest].map(([request, rows]) =>
    pick(scope, (requests[request] as Request).batch, Int32Array.from(rows)),
  )
  const merged = concatBatches(scope, first.batch.schema, parts, ownIdentity(cut.length))
  // Back into the cut's order, which the result is read by.
  const order = new Map<string, number>()
  let at = 0
  for (const [request, rows] of byRequest) for (const row of rows) order.set(`${request}:${row}`, at++)
  const places = Int32Array.from(cut, ({ request, row }) => order.get(`${request}:${row}`) as number)
  return places.every((place, i) => place === i) ? merged : pick(scope, merged, places)
}

const reasonOf = (error: unknown) => ({
  code: 'model-failed',
  message: error instanceof Error ? error.message : String(error),
})

const ownIdentity = (rows: number): Identity => new Identity({ node: 'model', path: '' }, rows, 1)

function pick(scope: Scope, batch: Batch, rows: Int32Array): Batch {
  const columns = batch.columns.map((column) => gather(scope, column, rows))
  return new BatchOf(scope, batch.schema, columns, ownIdentity(rows.length))
}

function assemble(
  requests: readonly Request[],
  results: readonly Batch[],
  places: readonly Int32Array[],
  failures: readonly (readonly Failure[])[],
  scope: Scope,
): Answer[] {
  const schema = results[0]?.schema ?? new SchemaOf([])
  return requests.map(({ batch }, i) => {
    const rows = (places[i] as Int32Array).filter((place) => place >= 0)
    const whole = results.length === 1 && rows.length === results[0]?.rows && rows.every((place, row) => place === row)
    const columns = whole ? (results[0] as Batch).columns : gatherFrom(scope, schema, results, rows)
    const failed = [...(failures[i] as Failure[])].sort((a, b) => a.row - b.row)
    const kept = failed.length
      ? batch.identity.take(Int32Array.from(range(batch.rows)).filter((row) => (places[i] as Int32Array)[row] !== -1))
      : batch.identity
    return { batch: new BatchOf(scope, schema, columns, kept), failures: failed }
  })
}

function gatherFrom(scope: Scope, schema: Schema, results: readonly Batch[], rows: Int32Array): Column[] {
  // Only the results that this request has rows in are joined.
  const starts: number[] = []
  let start = 0
  for (const result of results) {
    starts.push(start)
    start += result.rows
  }
  const used = results.map((result, i) =>
    rows.some((row) => row >= (starts[i] as number) && row < (starts[i] as number) + result.rows),
  )
  let shift = 0
  const shifts = results.map((result, i) => {
    if (used[i]) return shift
    shift += result.rows
    return shift
  })
  const owner = (row: number) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= row) low = middle
      else high = middle - 1
    }
    return low
  }
  const moved = rows.map((row) => row - (shifts[owner(row)] as number))
  const parts = results.filter((_, i) => used[i])
  return schema.fields.map((field, i) => {
    if (parts.length === 0) return gather(scope, emptyColumn(field), new Int32Array(0))
    return gather(
      scope,
      concat(
        scope,
        field.type,
        parts.map((part) => part.column(i)),
      ),
      moved,
    )
  })
}

const emptyColumn = (field: Field): Column => ({
  type: field.type,
  length: 0,
  nulls: 0,
  validity: null,
  offsets: new Int32Array(1),
  values: new Uint8Array(0),
  children: [],
})

const range = (length: number): number[] => Array.from({ length }, (_, i) => i)
