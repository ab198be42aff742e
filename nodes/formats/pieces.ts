import { type Batch, byteLength, type Column, type Field } from '@headrace/runtime/sdk'

/**
 * Pieces of a batch's rows: piece i comes from row `parents[i]`. A column that the pieces replace is left out first,
 * since each piece would copy its parent's whole value.
 */
export function explodeRows(batch: Batch, parents: Int32Array, columns: readonly [Field, Column][]): Batch {
  const replaced = new Set(columns.map(([field]) => field.name))
  const names = batch.schema.fields.map(({ name }) => name)
  const carried = names.filter((name) => !replaced.has(name)).map((column) => ({ column }))
  const order = [...names, ...columns.map(([field]) => field.name).filter((name) => batch.schema.indexOf(name) < 0)]
  return batch
    .project(carried)
    .explode(parents, columns)
    .project(order.map((column) => ({ column })))
}

/** The columns that leave: those of the input, with the pieces' own in the place of a namesake or at the end. */
export function piecesFields(input: readonly Field[], columns: readonly Field[]): Field[] {
  const fields = [...input]
  for (const field of columns) {
    const at = fields.findIndex(({ name }) => name === field.name)
    fields[at < 0 ? fields.length : at] = field
  }
  return fields
}

const mostRows = 4096
const mostBytes = 2 << 20

/** How many pieces make a batch, by the bytes that each carries over from its parent on average. */
export function piecesPerBatch(batch: Batch, replaced: ReadonlySet<string>): number {
  const carried = batch.schema.fields.filter(({ name }) => !replaced.has(name))
  const bytes = carried.reduce((sum, { name }) => sum + byteLength(batch.column(name)), 0)
  return Math.max(1, Math.min(mostRows, Math.floor((mostBytes * Math.max(1, batch.rows)) / Math.max(1, bytes))))
}
