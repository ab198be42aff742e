import { Batch, type Coded, type Column, Identity, type Schema, type Scope, types } from '@headrace/runtime/sdk'
import { areSimple, identityOf, type Known, type OriginTable } from './identities.ts'

/** The columns by which `whoOf` knows whose rows are read: file, number, and unless all are simple, origin and more. */
export const whoTypes = (table: OriginTable) => [
  types.uint32,
  types.float64,
  ...(areSimple(table) ? [] : [types.uint32, types.binary]),
]

/** What those columns, as they were built, say. */
export const whoOf = ([file, ...rest]: readonly Column[]): Known => ({
  file: file?.values as Uint32Array,
  ...whoIn(rest),
})

/** The same where all rows lay in one file: of the columns behind the first one. */
export function whoIn(columns: readonly Column[]): Omit<Known, 'file'> {
  const [number, origin, more] = columns as [Column, Column?, Column?]
  const some = more && more.nulls < more.length
  return {
    number: number.values as Float64Array,
    origin: origin ? withoutNulls(origin) : null,
    more: some ? { offsets: more.offsets as Int32Array, values: more.values as Uint8Array } : null,
  }
}

/** A null origin is the first one; what stands in its place is anything. */
function withoutNulls(column: Column): Uint32Array | null {
  const values = column.values as Uint32Array
  const { validity } = column
  if (column.nulls === column.length) return null
  if (!validity) return values
  return values.map((value, row) => (((validity[row >> 3] as number) >> (row & 7)) & 1 ? value : 0))
}

/**
 * Columns as batches, each row with its own identity; `selection` names the rows of the columns, in the order of `known`.
 * A batch ends where the depth of the pieces or the branch changes.
 */
export function* batchesOf(
  scope: Scope,
  schema: Schema,
  columns: readonly (Column | Coded)[],
  table: OriginTable,
  known: Known,
  selection: Int32Array | null = null,
): Generator<Batch> {
  const rows = known.number.length
  let held: Batch | null = null
  for (let start = 0; start < rows; ) {
    const identity = identityOf(table, known, start)
    const end = start + identity.rows
    const whole = start === 0 && end === rows
    const some = whole
      ? selection
      : (selection?.subarray(start, end) ?? Int32Array.from({ length: end - start }, (_, i) => start + i))
    const batch = new Batch(scope, schema, columns, identity, { selection: some })
    // The columns live as long as somebody holds a batch of them, and what is made is let go with each step.
    if (!whole) held ??= batch.keep()
    yield batch
    start = end
  }
  held?.release()
}

/** Rows that begin with this node: numbered from `first`, called by `names` where there are some. */
export const ownIdentity = (node: string, rows: number, first: number, names?: readonly string[]): Identity =>
  new Identity({ node, path: '', ...(names && { names: { first, texts: names } }) }, rows, first)
