import { type ArrayType, layout, setBit, type TypedArray, toHalf } from '@headrace/runtime/sdk'
import { NullRows, nullColumn, nullTest, type ReadColumn } from './cells.ts'
import type { ColumnPlan, Dialect } from './dialect.ts'
import { daysFrom, momentReader, timestampWriter } from './moments.ts'
import {
  boolean,
  decimalNumber,
  hasLeadingZero,
  isNotANumber,
  longInteger,
  shortInteger,
  ungroup,
  unscaled,
} from './scan.ts'
import { binaryReader, stringReader } from './strings.ts'

/** Writes one value; false where the text is none. */
export type Put = (bytes: Uint8Array, start: number, end: number, row: number) => boolean

/** How a column is read, made once for a split. In columns that are not text a quoted null counts as well. */
export function columnReader(plan: ColumnPlan, dialect: Dialect): ReadColumn {
  const { type } = plan
  if (type.kind === 'string') return stringReader(dialect)
  if (type.kind === 'binary') return binaryReader(dialect)
  const isNull = nullTest(dialect.nulls)
  const write = valueWriter(plan, dialect)
  const { array, perRow } = layout(type) as { array: unknown; perRow: number }
  return (cells, place, scope, fail) => {
    const { bytes, fields, width, rows } = cells
    if (place < 0) return nullColumn(type, rows, scope)
    const values = perRow ? scope.allocate(array as ArrayType<TypedArray>, rows * perRow) : scope.bits(rows)
    // Nulls have a value too; it is always 0.
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).fill(0)
    const put = write(values)
    const nulls = new NullRows(rows)
    for (let row = 0, at = place * 2; row < rows; row++, at += width * 2) {
      let start = (fields[at] as number) >> 2
      let end = fields[at + 1] as number
      while (start < end && bytes[start] === 32) start++
      while (start < end && bytes[end - 1] === 32) end--
      if (isNull(bytes, start, end)) nulls.add(row)
      else if (!put(bytes, start, end, row)) fail(row)
    }
    return { type, length: rows, ...nulls.finish(scope), offsets: null, values, children: [] }
  }
}

/** How one value of a fixed size is written; also the test of whether a sample's values fit a type. */
export function valueWriter(plan: ColumnPlan, dialect: Dialect): (values: TypedArray) => Put {
  const { type } = plan
  switch (type.kind) {
    case 'int':
      return grouped(dialect, integerWriter(type, plan.inferred))
    case 'float':
      return grouped(dialect, floatWriter(type.bits, dialect.decimal.charCodeAt(0), plan.inferred))
    case 'decimal':
      return grouped(dialect, decimalWriter(type, dialect.decimal.charCodeAt(0)))
    case 'bool':
      return (values) => (bytes, start, end, row) => {
        const value = boolean(bytes, start, end)
        if (value) setBit(values as Uint8Array, row)
        return value !== null
      }
    case 'date':
      return (values) => {
        const days = daysFrom(plan.format)
        return (bytes, start, end, row) => {
          const value = days(bytes, start, end)
          values[row] = value
          return !Number.isNaN(value)
        }
      }
    case 'time':
    case 'timestamp':
      return timestampWriter(type, momentReader(plan), dialect.timezone)
    default:
      throw new TypeError(`a CSV column cannot be ${type.kind}`)
  }
}

/** Takes the separators of thousands out before a number is read. */
function grouped(dialect: Dialect, write: (values: TypedArray) => Put): (values: TypedArray) => Put {
  if (dialect.thousands === '') return write
  const separator = Buffer.from(dialect.thousands)
  const decimal = dialect.decimal.charCodeAt(0)
  const scratch = new Uint8Array(256)
  return (values) => {
    const put = write(values)
    return (bytes, start, end, row) => {
      const length = ungroup(bytes, start, end, separator, decimal, scratch)
      return length >= 0 && put(scratch, 0, length, row)
    }
  }
}

function integerWriter(type: { bits: number; signed: boolean }, inferred: boolean): (values: TypedArray) => Put {
  const { bits, signed } = type
  const least = signed ? -(2n ** BigInt(bits - 1)) : 0n
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n
  const [low, high] = [Number(least), Number(most)]
  return (values) => {
    // Two halves written as int32 cost a tenth of a BigInt.
    const halves = bits === 64 ? new Int32Array(values.buffer, values.byteOffset, values.length * 2) : null
    return (bytes, start, end, row) => {
      if (inferred && hasLeadingZero(bytes, start, end)) return false
      const value = shortInteger(bytes, start, end)
      if (value >= low && value <= high) {
        if (halves) {
          halves[row * 2] = value
          halves[row * 2 + 1] = Math.floor(value / 4294967296)
        } else values[row] = value
        return true
      }
      const long = Number.isNaN(value) ? longInteger(bytes, start, end) : null
      if (long === null || long < least || long > most) return false
      values[row] = (halves ? long : Number(long)) as never
      return true
    }
  }
}

function floatWriter(bits: 16 | 32 | 64, decimal: number, inferred: boolean): (values: TypedArray) => Put {
  return (values) => (bytes, start, end, row) => {
    if (inferred && hasLeadingZero(bytes, start, end)) return false
    const value = decimalNumber(bytes, start, end, decimal)
    if (Number.isNaN(value) && !isNotANumber(bytes, start, end)) return false
    values[row] = bits === 16 ? toHalf(value) : value
    return true
  }
}

function decimalWriter(type: { precision: number; scale: number }, decimal: number): (values: TypedArray) => Put {
  const limit = 10n ** BigInt(type.precision)
  return (values) => (bytes, start, end, row) => {
    const value = unscaled(bytes, start, end, decimal, type.scale)
    if (value === null || value >= limit || value <= -limit) return false
    const pair = values as BigInt64Array
    pair[row * 2] = BigInt.asIntN(64, value)
    pair[row * 2 + 1] = BigInt.asIntN(64, value >> 64n)
    return true
  }
}
