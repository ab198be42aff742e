import { type Batch, type Column, type ColumnType, isValid, setBit } from '@headrace/runtime/sdk'
import { Bits, eachRun } from './bits.ts'
import { Codes } from './codes.ts'
import { copierOf } from './copy.ts'
import { leafOf, type Physical } from './physical.ts'
import { int32s, Room } from './room.ts'

/** Values without nulls, as a page of them has them: `width` bytes each, or with `width` 0 those between two `offsets`. */
export interface Values {
  readonly count: number
  readonly width: number
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `count + 1`, from 0. */
  readonly offsets: Int32Array | null
}

/** Of more values a row than this there is no table: a few rows with values of many would cost more memory than they have. */
const mostPerRow = 16

/** A column's rows of a row group, copied out of the batches. */
export interface Gathered {
  readonly type: ColumnType
  readonly physical: Physical
  readonly rooms: readonly Room[]
  /** Adds a batch's rows of its column number `index`. */
  readonly add: (batch: Batch, index: number) => void
  /** Bytes that the rows take as plain values. */
  readonly bytes: () => number
  /** How many values there are, and the bytes of texts. */
  readonly count: () => number
  readonly textBytes: () => number | null
  /** The values or, with codes, those that the codes name. */
  readonly values: () => Values
  readonly codes: Codes
  /** Which values (of a list: which items of lists that are there) are null; null: none is. */
  readonly validity: () => Uint8Array | null
  readonly rows: () => number
  /** Of a column of lists: which are there, and the places of their items: row i's from `ends[i - 1]` to `ends[i]`. */
  readonly lists: () => { readonly validity: Uint8Array | null; readonly ends: Int32Array } | null
  readonly clear: () => void
}

/** Opens a place for the rows of a column whose type `leafOf` knows. */
export function openGathered(type: ColumnType): Gathered {
  const leaf = leafOf(type) as { type: ColumnType; physical: Physical }
  const { width } = leaf.physical
  const rooms = Array.from({ length: 6 }, () => new Room()) as [Room, Room, Room, Room, Room, Room]
  const [bytes, offsets, itemBits, rowBits, ends, codeRoom] = rooms
  const items = new Bits(itemBits)
  const rows = new Bits(rowBits)
  const codes = new Codes(codeRoom)
  const isList = type.kind === 'list' || type.kind === 'fixed'
  const copy = copierOf(leaf.type, leaf.physical, bytes, offsets)
  let [count, textBytes] = [0, 0]

  /** Notes which of `length` rows are null; gives how many are not. */
  function addBits(validity: Uint8Array | null, from: number, length: number): number {
    const before = items.zeros
    items.add(validity, from, length)
    const added = length - (items.zeros - before)
    count += added
    return added
  }

  function addItems(column: Column, from: number, to: number): void {
    const validity = column.type.kind === 'null' ? allNull(to) : column.nulls ? column.validity : null
    codes.addOwn(addBits(validity, from, to - from))
    const before = bytes.length
    if (column.type.kind !== 'null') eachRun(validity, from, to, (start, end) => copy.run(column, start, end))
    textBytes += bytes.length - before
  }

  function addRows(column: Column, places: Int32Array): void {
    const valid = column.nulls ? new Uint8Array((places.length + 7) >> 3) : null
    const some = valid ? placesOfValues(column, places, valid) : places
    codes.addOwn(addBits(valid, 0, places.length))
    const before = bytes.length
    copy.rows(column, some, some.length)
    textBytes += bytes.length - before
  }

  function addCoded(column: Column, places: Int32Array): void {
    const valid = column.nulls ? new Uint8Array((places.length + 7) >> 3).fill(255) : null
    const added = codes.add(column, places, valid)
    copy.rows(column, added, added.length)
    const before = count
    addBits(valid, 0, places.length)
    if (width === 0) textBytes += lengthOf(codes.all as Uint32Array, before, int32s(offsets))
  }

  function addLists(column: Column): void {
    const { length, children, offsets: starts } = column
    const validity = column.nulls ? column.validity : null
    const item = children[0] as Column
    const placeOf = (row: number) => (type.kind === 'fixed' ? row * type.size : (starts?.[row] as number))
    rows.add(validity, 0, length)
    const at = ends.take(length * 4) >> 2
    const into = int32s(ends)
    let row = 0
    let last = at ? (into[at - 1] as number) : 0
    const begin = (start: number) => {
      for (; row < start; row++) into[at + row] = last
    }
    eachRun(validity, 0, length, (start, end) => {
      begin(start)
      const shift = last - placeOf(start)
      for (; row < end; row++) into[at + row] = placeOf(row + 1) + shift
      last += placeOf(end) - placeOf(start)
      addItems(item, placeOf(start), placeOf(end))
    })
    begin(length)
  }

  function addFlat(batch: Batch, index: number): void {
    const { column, places, coded } = batch.stored(index)
    if (!places || column.type.kind === 'null') addItems(column, 0, batch.rows)
    else if (coded && column.length <= places.length * mostPerRow) addCoded(column, places)
    else addRows(column, places)
  }

  return {
    type: leaf.type,
    physical: leaf.physical,
    rooms,
    add: (batch, index) => (isList ? addLists(batch.column(index)) : addFlat(batch, index)),
    bytes: () =>
      itemBits.length + rowBits.length + ends.length + (width ? count * width : textBytes + (count && (count + 1) * 4)),
    count: () => count,
    textBytes: () => (width ? null : textBytes),
    values: () => {
      const stored = width ? bytes.length / width : Math.max(0, (offsets.length >> 2) - 1)
      return { count: stored, width, bytes: bytes.bytes, offsets: width ? null : withFirst(offsets, stored) }
    },
    codes,
    validity: () => items.bits,
    rows: () => (isList ? rows.length : items.length),
    lists: () => (isList ? { validity: rows.bits, ends: int32s(ends).subarray(0, rows.length) } : null),
    clear() {
      items.clear()
      rows.clear()
      codes.clear()
      for (const room of rooms) room.clear()
      count = textBytes = 0
    },
  }
}

const allNull = (count: number): Uint8Array => new Uint8Array((count + 7) >> 3)

/** The room of a text column holds the ends of texts behind a 0, but where there is none. */
const withFirst = (room: Room, count: number): Int32Array => (count ? int32s(room).subarray(0, count + 1) : noOffsets)
const noOffsets = new Int32Array(1)

/** Those of `places` that are not null; for each of them a bit is set in `valid`. */
function placesOfValues(column: Column, places: Int32Array, valid: Uint8Array): Int32Array {
  const some = new Int32Array(places.length)
  let count = 0
  for (let i = 0; i < places.length; i++) {
    const row = places[i] as number
    if (!isValid(column, row)) continue
    some[count++] = row
    setBit(valid, i)
  }
  return some.subarray(0, count)
}

/** The bytes of texts by their codes, from number `from` on. */
function lengthOf(codes: Uint32Array, from: number, ends: Int32Array): number {
  let length = 0
  for (let i = from; i < codes.length; i++) {
    const code = codes[i] as number
    length += (ends[code + 1] as number) - (ends[code] as number)
  }
  return length
}
