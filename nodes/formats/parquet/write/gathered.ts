import type { Column, ColumnType } from '@headrace/runtime/sdk'
import { Bits, eachRun } from './bits.ts'
import { leafOf, type Physical } from './physical.ts'
import { Room } from './room.ts'

/** Values without nulls, as a page of them has them: `width` bytes each, or with `width` 0 those between two `offsets`. */
export interface Values {
  readonly count: number
  readonly width: number
  readonly bytes: Uint8Array<ArrayBuffer>
  /** `count + 1`, from 0. */
  readonly offsets: Int32Array | null
}

/** A column's rows of a row group, copied out of the batches. */
export interface Gathered {
  readonly type: ColumnType
  readonly physical: Physical
  readonly rooms: readonly Room[]
  readonly add: (column: Column) => void
  readonly bytes: () => number
  readonly values: () => Values
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
  const rooms = Array.from({ length: 5 }, () => new Room()) as [Room, Room, Room, Room, Room]
  const [bytes, offsets, itemBits, rowBits, ends] = rooms
  const items = new Bits(itemBits)
  const rows = new Bits(rowBits)
  const isList = type.kind === 'list' || type.kind === 'fixed'
  const copy = copierOf(leaf.type, leaf.physical, bytes, offsets)
  let count = 0

  function addItems(column: Column, from: number, to: number): void {
    const validity = column.type.kind === 'null' ? allNull(to) : column.nulls ? column.validity : null
    const before = items.zeros
    items.add(validity, from, to - from)
    count += to - from - (items.zeros - before)
    if (column.type.kind !== 'null') eachRun(validity, from, to, (start, end) => copy(column, start, end))
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

  return {
    type: leaf.type,
    physical: leaf.physical,
    rooms,
    add: (column) => (isList ? addLists(column) : addItems(column, 0, column.length)),
    bytes: () => rooms.reduce((sum, { length }) => sum + length, 0),
    values: () => ({
      count,
      width: leaf.physical.width,
      bytes: bytes.bytes,
      offsets: leaf.physical.width ? null : withFirst(offsets, count),
    }),
    validity: () => items.bits,
    rows: () => (isList ? rows.length : items.length),
    lists: () => (isList ? { validity: rows.bits, ends: int32s(ends).subarray(0, rows.length) } : null),
    clear() {
      items.clear()
      rows.clear()
      for (const room of rooms) room.clear()
      count = 0
    },
  }
}

const int32s = ({ bytes }: Room): Int32Array => new Int32Array(bytes.buffer, 0, bytes.length >> 2)
const allNull = (count: number): Uint8Array => new Uint8Array((count + 7) >> 3)

/** The room of a text column holds the ends of texts behind a 0, but where there is none. */
const withFirst = (room: Room, count: number): Int32Array => (count ? int32s(room).subarray(0, count + 1) : noOffsets)
const noOffsets = new Int32Array(1)

/** Copies rows `from` to `to`, of which none is null, as Parquet stores them. */
type Copier = (column: Column, from: number, to: number) => void

function copierOf(type: ColumnType, { width }: Physical, out: Room, offsets: Room): Copier {
  const values = (column: Column) => column.values as NonNullable<Column['values']>
  switch (type.kind) {
    case 'bool':
      return (column, from, to) => {
        const bits = values(column) as Uint8Array
        const at = out.take(to - from) - from
        const { bytes } = out
        for (let row = from; row < to; row++) bytes[at + row] = ((bits[row >> 3] as number) >> (row & 7)) & 1
      }
    case 'string':
    case 'binary':
      return (column, from, to) => copyTexts(column, from, to, out, offsets)
    case 'decimal':
      if (width > 8) return (column, from, to) => copyBigEndian(words(column), from, to, out, width)
      return (column, from, to) => {
        // The low bytes of 16 hold all of it.
        const each = width >> 2
        const at = out.take((to - from) * width) >> 2
        const into = int32s(out)
        const low = words(column)
        for (let row = from, k = at; row < to; row++)
          for (let i = 0; i < each; i++) into[k++] = low[row * 4 + i] as number
      }
    case 'int':
      if (type.bits >= 32) break
      return (column, from, to) => {
        const at = out.take((to - from) * 4) >> 2
        int32s(out).set((values(column) as Int8Array).subarray(from, to), at)
      }
    case 'timestamp':
      if (type.unit !== 's') break
      // Parquet has no seconds: they are written as milliseconds.
      return (column, from, to) => {
        const at = out.take((to - from) * 8) >> 3
        const into = new BigInt64Array(out.bytes.buffer, 0, out.bytes.length >> 3)
        const seconds = values(column) as BigInt64Array
        for (let row = from; row < to; row++) into[at + row - from] = (seconds[row] as bigint) * 1000n
      }
  }
  return (column, from, to) => out.copy(values(column), from * width, to * width)
}

function words({ values }: Column): Int32Array {
  const { buffer, byteOffset, byteLength } = values as BigInt64Array
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

function copyTexts(column: Column, from: number, to: number, out: Room, offsets: Room): void {
  const starts = column.offsets as Int32Array
  if (offsets.length === 0) for (let i = 0; i < 4; i++) offsets.push(0)
  const shift = out.length - (starts[from] as number)
  const at = (offsets.take((to - from) * 4) >> 2) - from - 1
  const into = int32s(offsets)
  for (let row = from + 1; row <= to; row++) into[at + row] = (starts[row] as number) + shift
  out.copy(column.values as Uint8Array, starts[from] as number, starts[to] as number)
}

/** Signed numbers of 128 bits, low words first, as `width` bytes, high bytes first. */
function copyBigEndian(from32: Int32Array, from: number, to: number, out: Room, width: number): void {
  let at = out.take((to - from) * width)
  const { bytes } = out
  for (let row = from; row < to; row++)
    for (let k = width - 1; k >= 0; k--) bytes[at++] = (from32[row * 4 + (k >> 2)] as number) >>> ((k & 3) * 8)
}
