import type { List, PageColumn } from './chunks.ts'
import type { Dictionary } from './dictionary.ts'
import type { PageHeader } from './header.ts'
import { readLevels } from './hybrid.ts'
import { notOurs } from './notours.ts'
import { type Body, definitionLevels, lengthFirst, type Page, readValues, roomOf } from './page.ts'

/**
 * Reads a page of lists of one level (parquet-format/README.md, "Nested Encoding"): repetition levels, 0 where a row
 * begins; definition levels: that of a list without items, for a null list one less, for an item one more, and again
 * one more where items may be null and this one is not; and the items.
 */
export function listRows(
  header: PageHeader,
  { bytes, view, take }: Pick<Body, 'bytes' | 'view' | 'take'>,
  column: PageColumn,
  list: List,
  dictionary: Dictionary | null,
  first: number,
): Omit<Page, 'rooms'> {
  const { values } = header
  const room = roomOf(take)
  const empty = list.optional ? 1 : 0
  const most = empty + (column.optional ? 2 : 1)
  const repeats =
    header.kind === 'second' ? { start: 0, end: header.repeatBytes } : lengthFirst(view, 0, header.pageBytes)
  const defined = definitionLevels(header, view, repeats.end, true)
  const isItem = readLevels(view, repeats.start, repeats.end, values, room)
  if (isItem?.[0] !== 0) return notOurs('a page that begins inside of a row')
  const levels = readLevels(view, defined.start, defined.end, values, room, most)
  const rows = zerosIn(isItem)
  if (header.rows !== null && header.rows !== rows) notOurs('another number of rows')
  const starts = new Int32Array(take(rows * 4 + 4), 0, rows + 1)
  const found = levels ? placeItems(isItem, levels, empty, most, starts, room) : placeAll(isItem, starts)
  const items = starts[rows] as number
  const body = { bytes, view, take, start: defined.end }
  const wanted = { first: 0, start: 0, end: items }
  const page = { ...readValues(header, body, column, dictionary, found.items, items, wanted), rooms: [] }
  return { first, rows, there: found.there, places: null, values: { kind: 'lists', starts, items: page } }
}

const fourItems = 0x01010101

/** How many of the bytes, of which the others are 1, are 0: four at once, for a vector's items are many. */
function zerosIn({ buffer, length }: Uint8Array): number {
  const [bytes, words] = [new Uint8Array(buffer, 0, length), new Int32Array(buffer, 0, length >> 2)]
  let zeros = length
  for (let i = 0; i < words.length; i++) zeros -= Math.imul(words[i] as number, fourItems) >> 24
  for (let i = words.length * 4; i < length; i++) zeros -= bytes[i] as number
  return zeros
}

/** Which rows and which items are not null; null: all are. */
interface There {
  readonly there: Uint8Array | null
  readonly items: Uint8Array | null
}

/** All values are items. */
function placeAll(isItem: Uint8Array, starts: Int32Array): There {
  const words = new Int32Array(isItem.buffer, 0, isItem.length >> 2)
  let row = 0
  for (let i = 0; i < isItem.length; i++) {
    if ((i & 3) === 0) while (words[i >> 2] === fourItems) i += 4
    if (isItem[i] === 0) starts[row++] = i
  }
  starts[row] = isItem.length
  return { there: null, items: null }
}

function placeItems(
  isItem: Uint8Array,
  levels: Uint8Array,
  empty: number,
  most: number,
  starts: Int32Array,
  room: (size: number) => Uint8Array,
): There {
  const there = room(starts.length - 1).fill(1)
  const items = room(levels.length)
  let [row, count, nulls] = [0, 0, 0]
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as number
    if (isItem[i] === 0) starts[row++] = count
    if (level > empty) {
      if (level < most) nulls++
      items[count++] = level < most ? 0 : 1
    } else {
      if (isItem[i] === 1 || isItem[i + 1] === 1) notOurs('a list without items has some')
      if (level < empty) there[row - 1] = 0
    }
  }
  starts[row] = count
  return { there, items: nulls ? items.subarray(0, count) : null }
}
