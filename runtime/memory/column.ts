import type { ColumnType } from '../pipeline/types.ts'

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/**
 * One column of a batch, in Arrow's layout.
 *
 * | type | `values` | `offsets` | `children` |
 * |---|---|---|---|
 * | int, float, date (Int32), time and timestamp (BigInt64) | `length` numbers; float16 as its bits in Uint16 | | |
 * | bool | bits, lowest first, Uint8 | | |
 * | decimal | BigInt64, two a row: low 64 bits, high 64 bits | | |
 * | string, binary | UTF-8 or raw bytes, Uint8 | `length + 1`, not always from 0 | |
 * | list | | `length + 1`, into the child, not always from 0 | the items |
 * | fixed | | | the items, `size` a row |
 * | struct | | | one a field |
 * | null | | | |
 */
export interface Column {
  readonly type: ColumnType
  readonly length: number
  /** How many rows are null. */
  readonly nulls: number
  /** Bits, lowest first, 1 = not null; null where no row is. */
  readonly validity: Uint8Array | null
  readonly offsets: Int32Array | null
  readonly values: TypedArray | null
  readonly children: readonly Column[]
}

type ArrayMaker = {
  new (buffer: ArrayBufferLike, offset: number, length: number): TypedArray
  BYTES_PER_ELEMENT: number
}

/** The typed array that holds a type's values, and how many of its elements a row takes (bool: bits, 0). */
export function layout(type: ColumnType): { array: ArrayMaker; perRow: number } | null {
  switch (type.kind) {
    case 'int': {
      const signed = { 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array }
      const unsigned = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array }
      return { array: (type.signed ? signed : unsigned)[type.bits] as ArrayMaker, perRow: 1 }
    }
    case 'float':
      return { array: { 16: Uint16Array, 32: Float32Array, 64: Float64Array }[type.bits] as ArrayMaker, perRow: 1 }
    case 'date':
      return { array: Int32Array, perRow: 1 }
    case 'time':
    case 'timestamp':
      return { array: BigInt64Array, perRow: 1 }
    case 'decimal':
      return { array: BigInt64Array, perRow: 2 }
    case 'bool':
      return { array: Uint8Array, perRow: 0 }
    default:
      return null
  }
}

export const isValid = (column: Column, row: number): boolean =>
  column.type.kind !== 'null' &&
  (column.validity === null || ((column.validity[row >> 3] as number) >> (row & 7)) % 2 === 1)

export const bitAt = (bits: Uint8Array, at: number): boolean => ((bits[at >> 3] as number) & (1 << (at & 7))) !== 0

/** A BigInt64 pair, low then high, as one signed 128-bit number. */
export const int128 = (low: bigint, high: bigint): bigint => (high << 64n) | BigInt.asUintN(64, low)

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text between two offsets. Short texts that are ASCII skip the decoder, which costs 100 ns a call. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 24) {
    let text = ''
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      if (byte > 127) return decoder.decode(bytes.subarray(start, end))
      text += String.fromCharCode(byte)
    }
    return text
  }
  return decoder.decode(bytes.subarray(start, end))
}

const half = new Uint16Array(1)
const halfFloat = new Float16Array(half.buffer)

/** A float16's value from its bits. */
export function fromHalf(bits: number): number {
  half[0] = bits
  return halfFloat[0] as number
}

/** A float16's bits, rounded to the nearest. */
export function toHalf(value: number): number {
  halfFloat[0] = value
  return half[0] as number
}

/**
 * One value as plain JavaScript: int64, uint64, timestamp (in its unit), time (µs) and decimal (unscaled) as BigInt,
 * date as days, lists as arrays, structs as objects. Slow: for rejects, previews and tests, not for loops over rows.
 */
export function valueAt(column: Column, row: number): unknown {
  if (!isValid(column, row)) return null
  const { type, values, offsets, children } = column
  switch (type.kind) {
    case 'bool':
      return bitAt(values as Uint8Array, row)
    case 'float':
      return type.bits === 16 ? fromHalf(values?.[row] as number) : values?.[row]
    case 'decimal':
      return int128((values as BigInt64Array)[row * 2] as bigint, (values as BigInt64Array)[row * 2 + 1] as bigint)
    case 'string':
      return decodeText(values as Uint8Array, offsets?.[row] as number, offsets?.[row + 1] as number)
    case 'binary':
      return (values as Uint8Array).slice(offsets?.[row] as number, offsets?.[row + 1] as number)
    case 'list':
      return valuesBetween(children[0] as Column, offsets?.[row] as number, offsets?.[row + 1] as number)
    case 'fixed':
      return valuesBetween(children[0] as Column, row * type.size, (row + 1) * type.size)
    case 'struct':
      return Object.fromEntries(type.fields.map((field, i) => [field.name, valueAt(children[i] as Column, row)]))
    case 'null':
      return null
    default:
      return values?.[row]
  }
}

function valuesBetween(items: Column, start: number, end: number): unknown[] {
  return Array.from({ length: end - start }, (_, i) => valueAt(items, start + i))
}

/** Bytes that a column's rows take, buffers counted where the column looks at them. */
export function byteLength(column: Column): number {
  const text =
    column.offsets && column.values
      ? (column.offsets[column.length] as number) - (column.offsets[0] as number)
      : (column.values?.byteLength ?? 0)
  const own = text + (column.offsets?.byteLength ?? 0) + (column.validity?.byteLength ?? 0)
  return column.children.reduce((sum, child) => sum + byteLength(child), own)
}
