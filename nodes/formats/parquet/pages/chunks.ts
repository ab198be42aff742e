import type { ColumnType } from '@headrace/runtime/sdk'
import type { RowRange } from '../duckdb.ts'
import { type Footer, logicalType, type RowGroup, type SchemaNode } from '../footer.ts'
import { numberAt, structAt, structsAt, type ThriftStruct } from '../thrift.ts'
import { notOurs } from './notours.ts'
import { type Shape, shapeOf } from './shape.ts'
import { type Unpack, unpackers } from './unpack.ts'

/** A column that is read by its pages. */
export interface PageColumn {
  readonly type: ColumnType
  /** It holds lists; what follows is then about their items. */
  readonly list: List | null
  readonly value: ColumnType
  readonly shape: Shape
  readonly physical: number
  /** There may be nulls. */
  readonly optional: boolean
  /** The names on the way to its values in the schema. */
  readonly path: readonly string[]
  /** Its place among the file's columns without insides, which is that of its chunk in each row group. */
  readonly leaf: number
}

/** Lists of one level. */
export interface List {
  /** What every list has that is not null; null: any number of items. */
  readonly size: number | null
  /** A list may be null. */
  readonly optional: boolean
}

/** A row group: its rows begin at `first` of the file, from 0. */
export interface Group {
  readonly first: number
  readonly rows: number
  readonly chunk: RowGroup['chunk']
}

/** Where a column's pages of one row group lie. */
export interface Chunk {
  readonly start: number
  readonly end: number
  readonly unpack: Unpack
  /** How many, nulls and lists without items included. */
  readonly values: number
  /** It has nulls, or does not say. */
  readonly nullable: boolean
}

/** A range of rows with the types that its columns are read as. */
export interface TypedRange extends RowRange {
  readonly columns: readonly (RowRange['columns'][number] & { readonly type: ColumnType })[]
}

/** The wanted columns, where all of them are read by their pages; else null. */
export function pageColumns(footer: Footer, range: TypedRange): PageColumn[] | null {
  if (range.end > footer.rows || structsAt(footer.about, 2).some(hasNegative)) return null
  const columns = range.columns.map(({ place, type, variant }): PageColumn | null => {
    const node = footer.schema.children[place]
    if (!node || variant) return null
    const before = footer.schema.children.slice(0, place)
    return columnAt(
      node,
      type,
      before.reduce((sum, child) => sum + leavesIn(child), 0),
    )
  })
  return columns.every((column) => column !== null) ? columns : null
}

/** A schema's element with a negative number of children, which DuckDB refuses. */
const hasNegative = (element: ThriftStruct): boolean => (numberAt(element, 5) ?? 0) < 0

function columnAt(node: SchemaNode, type: ColumnType, leaf: number): PageColumn | null {
  const isList = type.kind === 'list' || type.kind === 'fixed'
  const inner = isList ? innerOf(node) : { value: node, path: [node.name] }
  const value = isList ? type.item : type
  const shape = inner && shapeOf(inner.value, value)
  if (!shape) return null
  const { physical = -1, repetition } = inner.value
  const size = type.kind === 'fixed' ? type.size : null
  const list = isList ? { size, optional: node.repetition === 'optional' } : null
  return { type, list, value, shape, physical, optional: repetition === 'optional', path: inner.path, leaf }
}

/** The items of a list of the layout with three levels (parquet-format/LogicalTypes.md, "Lists"). */
function innerOf(node: SchemaNode): { readonly value: SchemaNode; readonly path: string[] } | null {
  const [group, ...others] = node.children
  const [value, ...fields] = group?.children ?? []
  if (!group || !value || others.length > 0 || fields.length > 0) return null
  const isList = numberAt(node.element, 6) === 3 || logicalType(node)?.id === 3
  if (!isList || node.repetition === 'repeated' || group.repetition !== 'repeated') return null
  return { value, path: [node.name, group.name, value.name] }
}

const leavesIn = ({ children }: SchemaNode): number =>
  children.length ? children.reduce((sum, child) => sum + leavesIn(child), 0) : 1

/** The file's row groups that have rows from `start` to `end`. */
export function groupsIn(footer: Footer, start: number, end: number): Group[] {
  const found: Group[] = []
  let first = 0
  for (const { rows, chunk } of footer.groups) {
    if (rows > 0 && first < end && first + rows > start) found.push({ first, rows, chunk })
    first += rows
  }
  return found
}

/** Where the pages of a column lie in a row group of a file whose pages end at `limit`. */
export function chunkOf(group: Group, column: PageColumn, limit: number): Chunk {
  const chunk = group.chunk(column.leaf)
  const about = chunk && structAt(chunk, 3)
  // `file_path`, `crypto_metadata` and `encrypted_column_metadata`: its pages lie elsewhere or cannot be read.
  if (!about || [1, 8, 9].some((id) => chunk.has(id))) return notOurs('no column of this file')
  if (!isPath(about, column.path) || numberAt(about, 1) !== column.physical) notOurs('another column in its place')
  const values = numberAt(about, 5) ?? -1
  if (column.list ? values < group.rows : values !== group.rows) notOurs('a column with another number of values')
  const data = numberAt(about, 9) ?? -1
  const dictionary = numberAt(about, 11) ?? 0
  const start = dictionary >= 4 ? dictionary : data
  const end = start + (numberAt(about, 7) ?? -1)
  const unpack = unpackers[numberAt(about, 4) ?? -1]
  if (!unpack) return notOurs('an unknown codec')
  if (!(start >= 4 && start <= data && start < end && end <= limit)) notOurs('a column that lies outside of the file')
  const statistics = structAt(about, 12)
  const nulls = statistics && numberAt(statistics, 3)
  return { start, end, unpack, values, nullable: column.optional && nulls !== 0 }
}

function isPath(about: ThriftStruct, path: readonly string[]): boolean {
  const names = about.get(3)?.value as { readonly values?: readonly unknown[] } | undefined
  const values = names?.values ?? []
  const isName = (name: unknown, i: number) => name instanceof Uint8Array && Buffer.from(name).toString() === path[i]
  return values.length === path.length && values.every(isName)
}
