import { bitAt, type Column, fromHalf, int128, isValid, valueAt } from '../memory/column.ts'
import type { TextBuffer } from './buffer.ts'
import { writeDecimal, writeFloat16, writeFloat32, writeFloat64, writeInt64, writeInteger } from './numbers.ts'
import { isFarOff, writeClock, writeDate, writeTimestamp } from './times.ts'

/** Writes one row's value of a column. */
export type WriteValue = (out: TextBuffer, row: number) => void

/** Counts what text cannot say. */
export interface Unwritable {
  /** NaN and infinities, written as null. */
  notFinite: number
  /**
   * For who reads the text again: they are written as the texts "NaN", "Infinity" and "-Infinity" instead, and a moment
   * whose year has more than six digits as the whole number that it is.
   */
  readonly exact?: boolean
}

/** A column's values as JSON: int64 as numbers with all digits, decimals, times and bytes (base64) as strings. */
export function jsonWriter(column: Column, unwritable: Unwritable): WriteValue {
  const write = plainWriter(column, unwritable)
  if (column.validity === null && column.type.kind !== 'null') return write
  return (out, row) => {
    if (isValid(column, row)) write(out, row)
    else out.ascii('null')
  }
}

function plainWriter(column: Column, unwritable: Unwritable): WriteValue {
  const { type, offsets, children } = column
  switch (type.kind) {
    case 'string': {
      const bytes = column.values as Uint8Array
      const ends = offsets as Int32Array
      return (out, row) => writeString(out, bytes, ends[row] as number, ends[row + 1] as number)
    }
    case 'list': {
      const item = jsonWriter(children[0] as Column, unwritable)
      const ends = offsets as Int32Array
      return (out, row) => writeArray(out, item, ends[row] as number, ends[row + 1] as number)
    }
    case 'fixed': {
      const item = jsonWriter(children[0] as Column, unwritable)
      return (out, row) => writeArray(out, item, row * type.size, (row + 1) * type.size)
    }
    case 'struct':
      return objectWriter(
        type.fields.map((field) => field.name),
        children,
        unwritable,
      )
    case 'float':
      return finiteWriter(column, unwritable)
    case 'int':
    case 'bool':
      return scalarWriter(column)
    case 'date':
    case 'timestamp':
      return unwritable.exact ? momentWriter(column) : quoted(scalarWriter(column))
    default:
      return quoted(scalarWriter(column))
  }
}

const quoted =
  (write: WriteValue): WriteValue =>
  (out, row) => {
    out.byte(0x22)
    write(out, row)
    out.byte(0x22)
  }

function momentWriter(column: Column): WriteValue {
  const write = quoted(scalarWriter(column))
  const values = column.values as Int32Array | BigInt64Array
  return (out, row) => {
    const value = values[row] as number | bigint
    if (isFarOff(column.type, value)) out.ascii(String(value))
    else write(out, row)
  }
}

/** An object with one key a column, in order. */
export function objectWriter(names: readonly string[], columns: readonly Column[], unwritable: Unwritable): WriteValue {
  const keys = names.map((name, i) => Buffer.from(`${i ? ',' : ''}${JSON.stringify(name)}:`))
  const writers = columns.map((column) => jsonWriter(column, unwritable))
  return (out, row) => {
    out.byte(0x7b)
    for (let i = 0; i < writers.length; i++) {
      out.copy(keys[i] as Buffer)
      ;(writers[i] as WriteValue)(out, row)
    }
    out.byte(0x7d)
  }
}

function writeArray(out: TextBuffer, item: WriteValue, start: number, end: number): void {
  out.byte(0x5b)
  for (let at = start; at < end; at++) {
    if (at > start) out.byte(0x2c)
    item(out, at)
  }
  out.byte(0x5d)
}

function finiteWriter(column: Column, unwritable: Unwritable): WriteValue {
  const write = scalarWriter(column)
  return (out, row) => {
    if (isFiniteAt(column, row)) write(out, row)
    else {
      unwritable.notFinite++
      out.ascii(unwritable.exact ? `"${notFiniteAt(column, row)}"` : 'null')
    }
  }
}

function notFiniteAt({ type, values }: Column, row: number): number {
  const value = values?.[row] as number
  return type.kind === 'float' && type.bits === 16 ? fromHalf(value) : value
}

/** Whether a float column's value is a number that text can say. */
export function isFiniteAt(column: Column, row: number): boolean {
  const value = column.values?.[row] as number
  return column.type.kind === 'float' && column.type.bits === 16 ? (value & 0x7c00) !== 0x7c00 : Number.isFinite(value)
}

/** The bare text of values without parts: no quotes, nothing escaped, no null, NaN or infinity. */
export function scalarWriter(column: Column): WriteValue {
  const { type } = column
  switch (type.kind) {
    case 'bool': {
      const bits = column.values as Uint8Array
      return (out, row) => out.ascii(bitAt(bits, row) ? 'true' : 'false')
    }
    case 'int': {
      if (type.bits !== 64) {
        const values = column.values as Int32Array
        return (out, row) => writeInteger(out, values[row] as number)
      }
      const values = column.values as BigInt64Array
      const high = type.signed ? halves(values, Int32Array) : halves(values, Uint32Array)
      return (out, row) =>
        writeInt64(out, high[row * 2] as number, high[row * 2 + 1] as number, () => values[row] as bigint)
    }
    case 'float': {
      if (type.bits === 16) {
        const values = column.values as Uint16Array
        return (out, row) => writeFloat16(out, fromHalf(values[row] as number))
      }
      const values = column.values as Float64Array
      return type.bits === 32
        ? (out, row) => writeFloat32(out, values[row] as number)
        : (out, row) => writeFloat64(out, values[row] as number)
    }
    case 'decimal': {
      const pairs = column.values as BigInt64Array
      return (out, row) => writeDecimal(out, int128(pairs[row * 2] as bigint, pairs[row * 2 + 1] as bigint), type.scale)
    }
    case 'date': {
      const days = column.values as Int32Array
      return (out, row) => writeDate(out, days[row] as number)
    }
    case 'time': {
      const micros = column.values as BigInt64Array
      return (out, row) => {
        const value = Number(micros[row])
        writeClock(out, Math.floor(value / 1e6), (value % 1e6) * 1e3)
      }
    }
    case 'timestamp': {
      const values = column.values as BigInt64Array
      return (out, row) => writeTimestamp(out, values[row] as bigint, type.unit, type.zone !== null)
    }
    case 'binary':
      return (out, row) => out.ascii(Buffer.from(valueAt(column, row) as Uint8Array).toString('base64'))
    case 'null':
      return () => {}
    default:
      throw new TypeError(`a ${type.kind} is no scalar`)
  }
}

function halves<T>(
  values: BigInt64Array,
  type: { new (buffer: ArrayBufferLike, offset: number, length: number): T },
): T {
  return new type(values.buffer, values.byteOffset, values.length * 2)
}

// What JSON wants escaped: control characters, the quote, the backslash.
const escapes = Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c
    ? Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1))
    : null,
)
const escaped = Uint8Array.from(escapes, (bytes) => (bytes ? 1 : 0))

/** UTF-8 bytes as a JSON string, copied without decoding. */
function writeString(out: TextBuffer, bytes: Uint8Array, start: number, end: number): void {
  out.reserve((end - start) * 6 + 2)
  const target = out.bytes
  let at = out.length
  target[at++] = 0x22
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (escaped[byte] === 0) target[at++] = byte
    else for (const one of escapes[byte] as Buffer) target[at++] = one
  }
  target[at++] = 0x22
  out.length = at
}
