import { closeSync, fstatSync, openSync } from 'node:fs'
import type { Coded, Column, Scope, SourceContext } from '@headrace/runtime/sdk'
import { batchBytes, batchRows } from '../batchsize.ts'
import type { ParquetConfig } from '../probe.ts'
import { mostRaw } from '../toolarge.ts'
import { buildColumn, codedColumn, textOf } from './build.ts'
import { type Group, groupsIn, type PageColumn, pageColumns, type TypedRange } from './chunks.ts'
import { Cursor, type OpenFile, type Slice } from './cursor.ts'
import type { Dictionary } from './dictionary.ts'
import { footerFor } from './footers.ts'
import { Holds } from './holds.ts'
import { buildLists } from './listcolumn.ts'
import { NotOurs } from './notours.ts'
import { Rooms } from './rooms.ts'

/** What all columns together read at once, and the most and the least that one does. */
const readBytes = 32 << 20
const mostRead = 1 << 20
const leastRead = 64 << 10

/** Rows that follow one another; `tooLarge`: it is one row, which no batch may hold. */
export interface Found {
  readonly rows: number
  readonly columns: readonly (Column | Coded | null)[]
  readonly tooLarge?: { readonly bytes: number; readonly raw: Uint8Array }
}

/** A range of a file's rows, read from its beginning on. */
export interface Pages {
  /** Rows from `start`, which is where the ones before ended; null where their pages are not ours. */
  readonly read: (start: number) => Found | null
  /** Gives back the file and the memory of dictionaries. */
  readonly close: () => void
}

/** What columns are built in, and how large a row may be. */
export type Reading = Pick<SourceContext<ParquetConfig>, 'scope' | 'schema' | 'maxRowBytes'>

/** Opens a range of rows whose columns are all read by their pages; null where one is not. */
export async function openPages(context: Reading, range: TypedRange): Promise<Pages | null> {
  // Whether a row that is smaller than a batch is too large depends on how DuckDB cuts its chunks.
  if (context.maxRowBytes < batchBytes) return null
  let descriptor: number | undefined
  try {
    descriptor = openSync(range.path, 'r')
    const footer = await footerFor(range.path, fstatSync(descriptor))
    const columns = footer && pageColumns(footer, range)
    if (columns) {
      const step = Math.max(leastRead, Math.min(mostRead, Math.floor(readBytes / Math.max(1, columns.length))))
      const file = { descriptor, limit: footer.start, rooms: new Rooms(), step }
      return pagesOf(context, range, file, columns, groupsIn(footer, range.start, range.end))
    }
  } catch {
    // DuckDB says what is wrong.
  }
  if (descriptor !== undefined) closeSync(descriptor)
  return null
}

function pagesOf(
  { scope, schema, maxRowBytes }: Reading,
  range: TypedRange,
  file: OpenFile,
  columns: readonly PageColumn[],
  groups: readonly Group[],
): Pages {
  const cursors = columns.map((column) => new Cursor(file, column, groups, range.start, range.end))
  const places = schema.fields.map(({ name }) => range.columns.findIndex((column) => column.name === name))
  const holds = new Holds(scope.pool)
  const read = (start: number): Found => {
    const group = groups.find(({ first, rows }) => start < first + rows) as Group
    for (const cursor of cursors) cursor.drop(start)
    holds.drop(group.first)
    const { end, bytes } = endOf(cursors, start, lastRow(start, range, group))
    if (end - start === 1 && bytes > maxRowBytes) {
      return { rows: 1, columns: [], tooLarge: { bytes, raw: longestText(cursors, start) } }
    }
    const inRange = Math.min(range.end, group.first + group.rows) - Math.max(range.start, group.first)
    const built = cursors.map((cursor) => columnOf(scope, cursor, start, end, Math.min(batchRows, inRange)))
    for (const column of built) if ('codes' in column) holds.add(scope, column.values, group.first)
    return { rows: end - start, columns: places.map((at) => built[at] ?? null) }
  }
  return {
    read(start) {
      try {
        return read(start)
      } catch (error) {
        // A RangeError: a length among the pages points to where nothing is.
        if (error instanceof NotOurs || error instanceof RangeError || isOfSystem(error)) return null
        throw error
      }
    },
    close() {
      for (const cursor of cursors) cursor.close()
      holds.drop(Number.POSITIVE_INFINITY)
      closeSync(file.descriptor)
    },
  }
}

const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error

/** Where a batch ends at the latest: with a large row group, so that its rows have one dictionary. */
function lastRow(start: number, { end }: TypedRange, { first, rows }: Group): number {
  return Math.min(end, start + batchRows, rows < batchRows ? Number.POSITIVE_INFINITY : first + rows)
}

/** Halves the rows until they are small enough for a batch. */
function endOf(cursors: readonly Cursor[], start: number, last: number): { end: number; bytes: number } {
  let end = last
  for (const cursor of cursors) end = cursor.load(start, end, batchBytes)
  for (;;) {
    const bytes = cursors.reduce((sum, cursor) => sum + cursor.weight(start, end), 0)
    if (bytes <= batchBytes || end - start === 1) return { end, bytes }
    end = start + ((end - start + 1) >> 1)
  }
}

function columnOf(scope: Scope, cursor: Cursor, start: number, end: number, most: number): Column | Coded {
  const slices = cursor.slices(start, end)
  const { column } = cursor
  if (column.list) return buildLists(scope, column, column.list, slices, end - start)
  const dictionary = oneDictionary(slices)
  // With more values than a batch has rows, the dictionary would take more than they do.
  if (!dictionary || dictionary.count >= most) return buildColumn(scope, column, slices, end - start)
  return codedColumn(scope, column, dictionary, slices, end - start, cursor.weight(start, end))
}

function oneDictionary(slices: readonly Slice[]): Dictionary | null {
  let one: Dictionary | null = null
  for (const { page } of slices) {
    if (page.values.kind !== 'codes' || (one && one !== page.values.dictionary)) return null
    one = page.values.dictionary
  }
  return one
}

/** The longest text of a row, to know it by. */
function longestText(cursors: readonly Cursor[], row: number): Uint8Array {
  const texts = cursors.flatMap((cursor) => {
    const { shape, list } = cursor.column
    return shape.kind === 'texts' && shape.text && !list ? cursor.slices(row, row + 1).map(textOf) : []
  })
  // As for DuckDB: of several as long the first, and none of up to 60 bytes.
  const longest = texts.reduce((best, text) => (text.length > best.length ? text : best), new Uint8Array(60))
  return texts.includes(longest) ? longest.subarray(0, mostRaw) : new Uint8Array(0)
}
