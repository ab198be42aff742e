import {
  Batch,
  type Column,
  type Field,
  Identity,
  type Schema,
  type Scope,
  type Split,
  types,
} from '@headrace/runtime/sdk'
import { buildColumn, bytesOfRows } from '../parquet/columns.ts'
import { type Chunk, readChunks } from '../parquet/duckdb.ts'
import type { Rows } from '../parquet/vector.ts'
import { identityOf, type Known, type OriginTable } from './identities.ts'

const batchRows = 8192
const batchBytes = 2 << 20

/** Some rows of one file, one after the other. */
export interface Stretch {
  readonly rows: number
  /** The number in the file of the first one, from 0. */
  readonly first: number
  readonly columns: readonly Column[]
}

/** The rows of a split of a file that a node wrote, as columns of the given types, in pieces of about 2 MB. */
export async function* readStretches(
  split: Split,
  columns: readonly Field['type'][],
  scope: Scope,
  signal: AbortSignal,
): AsyncGenerator<Stretch> {
  for (const { path, start, end } of split.parts) {
    let first = start
    let pending: Part[] = []
    const places = columns.map((_, place) => ({ name: `c${place}`, place, variant: false }))
    const range = { path, name: path, columns: places, start, end, hidesRowNumber: false, signal }
    const flush = (): Stretch => {
      const rows = rowsOf(pending)
      const built = columns.map((type, i) => buildColumn(scope, type, vectorsOf(pending, i)))
      pending = []
      first += rows
      return { rows, first: first - rows, columns: built }
    }
    for await (const chunk of readChunks(range)) {
      for (const part of partsOf(chunk)) {
        if (!fits(pending, part)) yield flush()
        pending.push(part)
      }
    }
    if (pending.length) yield flush()
  }
}

interface Part {
  readonly chunk: Chunk
  readonly start: number
  readonly end: number
  readonly bytes: number
}

const rowsOf = (parts: readonly Part[]): number => parts.reduce((sum, { start, end }) => sum + end - start, 0)

function fits(pending: readonly Part[], { start, end, bytes }: Part): boolean {
  if (pending.length === 0) return true
  const before = pending.reduce((sum, part) => sum + part.bytes, 0)
  return rowsOf(pending) + end - start <= batchRows && before + bytes <= batchBytes
}

function partsOf(chunk: Chunk, start = 0, end = chunk.rows): Part[] {
  const bytes = chunk.columns.reduce((sum, vector) => sum + bytesOfRows(vector, start, end), 0)
  if (bytes <= batchBytes || end - start === 1) return [{ chunk, start, end, bytes }]
  const middle = (start + end) >> 1
  return [...partsOf(chunk, start, middle), ...partsOf(chunk, middle, end)]
}

const vectorsOf = (parts: readonly Part[], at: number): Rows[] =>
  parts.map(({ chunk, start, end }) => ({ vector: chunk.columns[at] ?? null, start, end }))

/** The columns by which `whoOf` knows whose rows are read: file, number, origin, more. */
export const whoTypes = [types.uint32, types.float64, types.uint32, types.binary] as const

/** What those columns, as they were built, say. */
export function whoOf(columns: readonly Column[]): Known {
  const [file, number, origin, more] = columns as [Column, Column, Column, Column]
  return {
    file: file.values as Uint32Array,
    number: number.values as Float64Array,
    origin: withoutNulls(origin),
    more:
      more.nulls === more.length ? null : { offsets: more.offsets as Int32Array, values: more.values as Uint8Array },
  }
}

/** A null origin is the first one; what stands in its place is anything. */
function withoutNulls(column: Column): Uint32Array {
  const values = column.values as Uint32Array
  const { validity } = column
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
  columns: readonly Column[],
  table: OriginTable,
  known: Known,
  selection: Int32Array | null = null,
): Generator<Batch> {
  const rows = known.file.length
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
