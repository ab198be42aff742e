import {
  Batch,
  type Column,
  concat,
  concatBatches,
  type Failure,
  gather,
  Identity,
  type Scope,
} from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import type { Answer, Cut, Request } from './batching.ts'

/** The rows of a cut as one batch, in its order. A request that is all of it is given as it is. */
export function mergeRows(requests: readonly Request[], cut: Cut, scope: Scope): Batch {
  const first = requests[cut[0]?.request as number] as Request
  if (cut.length === first.batch.rows && cut.every(({ request, row }, i) => request === cut[0]?.request && row === i))
    return first.batch
  const rows = new Map<number, number[]>()
  const within = cut.map(({ request, row }) => {
    const some = rows.get(request) ?? []
    rows.set(request, some)
    return some.push(row) - 1
  })
  const parts = [...rows].map(([request, some]) =>
    pick(scope, (requests[request] as Request).batch, Int32Array.from(some)),
  )
  const merged = concatBatches(scope, first.batch.schema, parts, ownIdentity(cut.length))
  // Back into the cut's order, which the result is read by.
  const starts = new Map<number, number>()
  let start = 0
  for (const [request, some] of rows) {
    starts.set(request, start)
    start += some.length
  }
  const places = Int32Array.from(cut, ({ request }, i) => (starts.get(request) as number) + (within[i] as number))
  return places.every((place, i) => place === i) ? merged : pick(scope, merged, places)
}

const ownIdentity = (rows: number): Identity => new Identity({ node: 'model', path: '' }, rows, 1)

function pick(scope: Scope, batch: Batch, rows: Int32Array): Batch {
  const columns = batch.columns.map((column) => gather(scope, column, rows))
  return new Batch(scope, batch.schema, columns, ownIdentity(rows.length))
}

/**
 * Gives each request its own rows of the results, in its order. `places`: by request, where each of its rows stands in
 * the results one after the other; -1 where it failed.
 */
export function separate(
  requests: readonly Request[],
  results: readonly Batch[],
  places: readonly Int32Array[],
  failures: readonly (readonly Failure[])[],
  scope: Scope,
): Answer[] {
  const schema = results[0]?.schema ?? new Schema([])
  const all = schema.fields.map(({ type }, i) =>
    concat(
      scope,
      type,
      results.map((result) => result.column(i)),
    ),
  )
  const total = results.reduce((sum, { rows }) => sum + rows, 0)
  return requests.map(({ batch }, i) => {
    const own = places[i] as Int32Array
    const rows = own.filter((place) => place >= 0)
    const whole = rows.length === total && rows.every((place, row) => place === row)
    const columns: readonly Column[] = whole ? all : all.map((column) => gather(scope, column, rows))
    const failed = [...(failures[i] as readonly Failure[])].sort((a, b) => a.row - b.row)
    const answered = Int32Array.from(own.keys()).filter((row) => own[row] !== -1)
    const identity = failed.length ? batch.identity.take(answered) : batch.identity
    return { batch: new Batch(scope, schema, columns, identity), failures: failed }
  })
}
