import {
  type Coded,
  type Column,
  type ColumnType,
  isCoded,
  Schema,
  type Scope,
  type Split,
  types,
} from '@headrace/runtime/sdk'
import { fits, type Piece, piecesOf, rowsOf, vectorsOf } from '../parquet/chunkpieces.ts'
import { buildColumn } from '../parquet/columns.ts'
import { readChunks } from '../parquet/duckdb.ts'
import type { TypedRange } from '../parquet/pages/chunks.ts'
import { openPages } from '../parquet/pages/reader.ts'
import type { Manner } from './layout.ts'

/** Some rows of one file, one after the other. */
export interface Stretch {
  readonly rows: number
  /** The number in the file of the first one, from 0. */
  readonly first: number
  readonly columns: readonly (Column | Coded)[]
}

/**
 * The rows of a split of a file that a node wrote, as columns of the given types, in pieces of about 2 MB: by the pages of
 * the columns, or by DuckDB where one is nested or of a type that only it reads.
 */
export async function* readStretches(
  split: Split,
  columns: readonly ColumnType[],
  scope: Scope,
  signal: AbortSignal,
  manner: Manner = 'apart',
): AsyncGenerator<Stretch> {
  for (const { path, start, end } of split.parts) {
    const places = columns.map((type, place) => ({ name: `c${place}`, place, variant: false, type }))
    const range = { path, name: path, columns: places, start, end, hidesRowNumber: false, signal }
    const next = yield* byPages(range, scope, manner)
    if (next < end) yield* byDuckDB({ ...range, start: next }, scope)
  }
}

/** Gives the first row that it left unread, since the pages of its columns are not read here. */
async function* byPages(range: TypedRange, scope: Scope, manner: Manner): AsyncGenerator<Stretch, number> {
  const columns = range.columns.map((column) => ({
    ...column,
    type: manner === 'apart' ? wordsOf(column.type) : column.type,
  }))
  const schema = new Schema(columns)
  const pages = await openPages({ scope, schema, maxRowBytes: Number.POSITIVE_INFINITY }, { ...range, columns })
  if (!pages) return range.start
  const typed = withTypes(range.columns)
  let first = range.start
  try {
    while (first < range.end) {
      range.signal.throwIfAborted()
      const found = pages.read(first)
      if (!found) break
      const { rows } = found
      yield { rows, first, columns: found.columns.map(typed) }
      first += rows
    }
    return first
  } finally {
    pages.close()
  }
}

/** Gives columns their own types; the values of coded ones stay one object, by which others know them again. */
function withTypes(columns: TypedRange['columns']) {
  const known = new Map<Column, Column>()
  return (column: Column | Coded | null, i: number): Column | Coded => {
    const type = columns[i]?.type as ColumnType
    if (!column) throw new Error(`column ${i} was not read`)
    if (!isCoded(column)) return { ...column, type }
    const values = known.get(column.values) ?? { ...column.values, type }
    known.set(column.values, values)
    return { ...column, values }
  }
}

/** A column that was written without a dictionary. */
export function plain(column: Column | Coded | undefined): Column {
  if (!column || isCoded(column)) throw new Error('a column does not come as it was written')
  return column
}

/** Times apart are the whole numbers that they are. */
const wordsOf = (type: ColumnType): ColumnType =>
  type.kind === 'time' || type.kind === 'timestamp' ? types.int64 : type

async function* byDuckDB(range: TypedRange, scope: Scope): AsyncGenerator<Stretch> {
  let first = range.start
  let pending: Piece[] = []
  const flush = (): Stretch => {
    const rows = rowsOf(pending)
    const built = range.columns.map(({ type }, i) => buildColumn(scope, type, vectorsOf(pending, i)))
    pending = []
    first += rows
    return { rows, first: first - rows, columns: built }
  }
  for await (const chunk of readChunks(range)) {
    for (const piece of piecesOf(chunk)) {
      if (!fits(pending, piece)) yield flush()
      pending.push(piece)
    }
  }
  if (pending.length) yield flush()
}
