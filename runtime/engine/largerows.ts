import { type Batch, type Column, columnOf, type Failure, isValid, layout, valueAt } from '../memory/index.ts'
import type { Field } from '../pipeline/types.ts'

/** How much of a value is kept where its row is rejected for its size. */
const keptBytes = 64 << 10

/** The rows of a batch that take more than `most` bytes, as failures: a row may grow where it is made. */
export function largeRows(batch: Batch, most: number): Failure[] {
  if (batch.bytes <= most) return []
  const stored = batch.schema.fields.map((_, i) => batch.stored(i))
  const failures: Failure[] = []
  for (let row = 0; row < batch.rows; row++) {
    const sizes = stored.map(({ column, places }) => bytesOf(column, places ? (places[row] as number) : row))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    if (bytes <= most) continue
    const column = batch.schema.fields[sizes.indexOf(Math.max(...sizes))]?.name
    const message = `the row has ${bytes.toLocaleString('en')} bytes here; the most is ${most.toLocaleString('en')}. Set --memory higher, or --workers lower. Of values of more than 64 KB only the beginning is kept, of lists nothing.`
    failures.push({ row, code: 'row-too-large', message, ...(column !== undefined && { column }) })
  }
  return failures
}

/** Such rows with the first 64 KB of each text. */
export function headsOf(batch: Batch): Batch {
  const cut = batch.schema.fields.map((field, i): [Field, Column] => {
    const { column, places } = batch.stored(i)
    const values = Array.from({ length: batch.rows }, (_, at) => {
      const row = places ? (places[at] as number) : at
      return bytesOf(column, row) > keptBytes ? headOf(column, row) : valueAt(column, row)
    })
    return [field, columnOf(batch.scope, field.type, values)]
  })
  return batch.into(
    batch.scope,
    batch.schema,
    cut.map(([, column]) => column),
  )
}

function headOf({ type, offsets, values }: Column, row: number): unknown {
  if (type.kind !== 'string' && type.kind !== 'binary') return null
  const start = offsets?.[row] as number
  const bytes = Buffer.from((values as Uint8Array).subarray(start, start + keptBytes))
  // A character that is cut in two is left out.
  return type.kind === 'binary' ? bytes : new TextDecoder().decode(bytes, { stream: true })
}

/** Bytes of a column's values in one row, nested ones too. */
function bytesOf(column: Column, row: number): number {
  const { type, offsets, children } = column
  if (!isValid(column, row)) return 0
  if (offsets) {
    const [from, to] = [offsets[row] as number, offsets[row + 1] as number]
    if (type.kind !== 'list') return to - from
    return rangeBytes(children[0] as Column, from, to)
  }
  if (type.kind === 'fixed') return rangeBytes(children[0] as Column, row * type.size, (row + 1) * type.size)
  if (type.kind === 'struct') return children.reduce((sum, child) => sum + bytesOf(child, row), 0)
  return 8
}

function rangeBytes(items: Column, from: number, to: number): number {
  if (items.children.length === 0) {
    if (items.offsets) return (items.offsets[to] as number) - (items.offsets[from] as number) + (to - from) * 4
    const plain = layout(items.type)
    return plain ? (to - from) * plain.array.BYTES_PER_ELEMENT * Math.max(1, plain.perRow) : 0
  }
  let bytes = 0
  for (let item = from; item < to; item++) bytes += bytesOf(items, item)
  return bytes
}
