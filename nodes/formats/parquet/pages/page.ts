import type { PageColumn } from './chunks.ts'
import type { Dictionary } from './dictionary.ts'
import { encoding, type PageHeader } from './header.ts'
import { readHybrid, readLevels } from './hybrid.ts'
import { listRows } from './lists.ts'
import { notOurs } from './notours.ts'
import { plainFixed, plainFlags, plainTexts, type Values } from './plain.ts'
import { type Rooms, slack } from './rooms.ts'

/** A page of rows, unpacked. */
export interface Page {
  /** Of the file, from 0. */
  readonly first: number
  readonly rows: number
  /** A byte a row, 1 where it is not null; null: no row is. */
  readonly there: Uint8Array | null
  /** With nulls, and where the values are not codes: how many values stand before each row. */
  readonly places: Int32Array | null
  readonly values: Values
  /** What to give back when nobody looks at the page any more. */
  readonly rooms: readonly ArrayBuffer[]
}

/** What a page is read with: its bytes as unpacked, where its values begin, and memory for what they become. */
export interface Body {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start: number
  /** How many there are that are not null. */
  readonly count: number
  /** None is null, so that nothing looks for single values. */
  readonly dense: boolean
  readonly take: (bytes: number) => ArrayBuffer
}

/** What is read of a page: its first row, of the file, and the rows that are wanted. */
export interface Wanted {
  readonly first: number
  readonly start: number
  readonly end: number
}

/** Reads a page of data that is unpacked in `room`: at least the rows that are wanted. */
export function readPage(
  header: PageHeader,
  room: ArrayBuffer,
  column: PageColumn,
  dictionary: Dictionary | null,
  wanted: Wanted,
  memory: Rooms,
): Page {
  const rooms = [room]
  const take = (bytes: number) => {
    const more = memory.take(bytes)
    rooms.push(more)
    return more
  }
  const bytes = new Uint8Array(room, 0, header.pageBytes)
  const view = new DataView(room, 0, header.pageBytes + slack)
  const body = { bytes, view, take }
  if (column.list) return { ...listRows(header, body, column, column.list, dictionary, wanted.first), rooms }
  const rows = header.rows ?? header.values
  if (rows !== header.values || header.repeatBytes > 0) notOurs('a flat column has lists')
  const levels = definitionLevels(header, view, 0, column.optional)
  const there = column.optional ? readLevels(view, levels.start, levels.end, rows, roomOf(take)) : null
  const values = { ...body, start: levels.end }
  return { ...readValues(header, values, column, dictionary, there, rows, wanted), rooms }
}

/** A byte array of the memory that is taken. */
export const roomOf =
  (take: (bytes: number) => ArrayBuffer) =>
  (size: number): Uint8Array =>
    new Uint8Array(take(size), 0, size)

/** Reads the values of rows, or of the items of lists, of which `there` says which are not null. */
export function readValues(
  header: PageHeader,
  body: Omit<Body, 'count' | 'dense'>,
  column: PageColumn,
  dictionary: Dictionary | null,
  there: Uint8Array | null,
  rows: number,
  wanted: Wanted,
): Omit<Page, 'rooms'> {
  if (header.encoding === encoding.dictionary || header.encoding === encoding.plainDictionary) {
    return codedRows(body, there, rows, dictionary ?? notOurs('codes without a dictionary'), wanted)
  }
  const places = there && placesOf(there, new Int32Array(body.take(rows * 4 + 4), 0, rows + 1))
  const count = places ? (places[rows] as number) : rows
  const values = valuesOf(header, { ...body, count, dense: places === null }, column)
  return { first: wanted.first, rows, there, places, values }
}

/** Where definition levels lie that may begin at `at`; in the first version behind their length. */
export function definitionLevels(
  { kind, levelBytes, pageBytes }: PageHeader,
  view: DataView,
  at: number,
  are: boolean,
): { start: number; end: number } {
  if (kind === 'second') {
    if (!are && levelBytes > at) notOurs('levels of a column that has no nulls')
    return { start: at, end: levelBytes }
  }
  return are ? lengthFirst(view, at, pageBytes) : { start: at, end: at }
}

/** Where levels lie behind their length. */
export function lengthFirst(view: DataView, at: number, pageBytes: number): { start: number; end: number } {
  if (pageBytes - at < 4) notOurs('a page without levels')
  const end = at + 4 + view.getUint32(at, true)
  return end <= pageBytes ? { start: at + 4, end } : notOurs('levels go over the end')
}

function valuesOf(header: PageHeader, body: Body, { shape, physical }: PageColumn): Values {
  switch (shape.kind) {
    case 'flags':
      return plainFlags(header.encoding, body)
    case 'texts':
      return plainTexts(header.encoding, body)
    case 'fixed':
      return plainFixed(header.encoding, body, shape, physical)
  }
}

/** The codes of the wanted rows: behind a byte with their width they lie in runs, of which others are passed by. */
function codedRows(
  { bytes, view, start, take }: Omit<Body, 'count' | 'dense'>,
  there: Uint8Array | null,
  rows: number,
  dictionary: Dictionary,
  wanted: Wanted,
): Omit<Page, 'rooms'> {
  const from = Math.max(0, wanted.start - wanted.first)
  const to = Math.min(rows, wanted.end - wanted.first)
  const some = there?.subarray(from, to) ?? null
  const codes = new Int32Array(take((to - from) * 4), 0, to - from)
  const before = there ? sumOf(there.subarray(0, from)) : from
  const count = some ? sumOf(some) : to - from
  if (count > 0) {
    const width = bytes[start]
    if (width === undefined || width > 32) return notOurs('codes without a width')
    readHybrid(view, start + 1, bytes.length, width, dictionary.count - 1, codes, before, before + count)
  }
  if (some) spread(codes, some, count, dictionary.count)
  const values = { kind: 'codes', codes, dictionary } as const
  return { first: wanted.first + from, rows: to - from, there: some, places: null, values }
}

/** Moves codes to their rows, from behind; the code of a null is that behind the dictionary's. */
function spread(codes: Int32Array, there: Uint8Array, count: number, nullCode: number): void {
  let from = count
  for (let row = there.length - 1; row >= 0; row--) {
    codes[row] = there[row] === 1 ? (codes[--from] as number) : nullCode
  }
}

function placesOf(there: Uint8Array, places: Int32Array): Int32Array {
  let count = 0
  for (let row = 0; row < there.length; row++) {
    places[row] = count
    count += there[row] as number
  }
  places[there.length] = count
  return places
}

function sumOf(there: Uint8Array): number {
  let sum = 0
  for (let row = 0; row < there.length; row++) sum += there[row] as number
  return sum
}
