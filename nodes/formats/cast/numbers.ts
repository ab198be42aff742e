import {
  type ArrayType,
  bitAt,
  type Column,
  type ColumnType,
  fromHalf,
  int128,
  isValid,
  layout,
  type Scope,
  setBit,
  type TypedArray,
  toHalf,
} from '@headrace/runtime/sdk'

/** Says that a row's value has no place in the new type, and why. */
export type Fail = (row: number, why: string) => void
/** Makes a column of another type; rows that fail hold anything. */
export type Cast = (scope: Scope, column: Column, fail: Fail) => Column

/** The least and the most whole number of an int type. */
export function rangeOf(type: ColumnType & { kind: 'int' }): [bigint, bigint] {
  const span = 1n << BigInt(type.bits)
  return type.signed ? [-span / 2n, span / 2n - 1n] : [0n, span - 1n]
}

/** An array for a type's values, for `rows` rows. */
export function valuesFor(scope: Scope, type: ColumnType, rows: number): TypedArray {
  const { array, perRow } = layout(type) as { array: unknown; perRow: number }
  return scope.allocate(array as ArrayType<TypedArray>, rows * perRow)
}

/** The same rows and nulls, other values. */
export const withValues = (column: Column, type: ColumnType, values: TypedArray): Column => ({
  ...column,
  type,
  values,
  offsets: null,
  children: [],
})

/** Casts between bool, int, float and decimal; null where it is none of them. */
export function numberCast(from: ColumnType, to: ColumnType): Cast | null {
  if (to.kind === 'bool') return from.kind === 'int' || from.kind === 'float' ? toBool : null
  if (to.kind === 'decimal') return from.kind === 'bool' ? null : toDecimal(from, to)
  if (to.kind !== 'int' && to.kind !== 'float') return null
  switch (from.kind) {
    case 'bool':
      return (scope, column) =>
        fillNumbers(scope, column, to, (row) => (bitAt(column.values as Uint8Array, row) ? 1 : 0))
    case 'decimal':
      return to.kind === 'int' ? decimalToInt(from.scale, to) : decimalToFloat(from.scale, to)
    case 'int':
    case 'float':
      return to.kind === 'int' ? toInt(to) : toFloat(to)
    default:
      return null
  }
}

const isBig = (type: ColumnType) => type.kind === 'int' && type.bits === 64
const isBelow = (validity: Uint8Array | null, row: number) => validity !== null && !bitAt(validity, row)

/** A column's numbers as plain numbers; float16 is decoded, 64-bit ints stay what they are. */
function plain(column: Column): TypedArray {
  if (column.type.kind !== 'float' || column.type.bits !== 16) return column.values as TypedArray
  return Float32Array.from(column.values as Uint16Array, fromHalf)
}

function fillNumbers(scope: Scope, column: Column, to: ColumnType, at: (row: number) => number): Column {
  const values = valuesFor(scope, to, column.length)
  const half = to.kind === 'float' && to.bits === 16
  for (let row = 0; row < column.length; row++) {
    if (isBig(to)) values[row] = BigInt(at(row))
    else values[row] = half ? toHalf(at(row)) : at(row)
  }
  return withValues(column, to, values)
}

/** To an int: whole numbers in its range. One loop for each element kind, since numbers and BigInts mixed are slow. */
function toInt(to: ColumnType & { kind: 'int' }): Cast {
  const [least, most] = rangeOf(to)
  const why = `it is not between ${least} and ${most}`
  return (scope, column, fail) => {
    const from = plain(column)
    const values = valuesFor(scope, to, column.length)
    if (from instanceof BigInt64Array || from instanceof BigUint64Array) {
      for (let row = 0; row < column.length; row++) {
        const value = from[row] as bigint
        if (value >= least && value <= most) values[row] = isBig(to) ? value : Number(value)
        else if (!isBelow(column.validity, row)) fail(row, why)
      }
      return withValues(column, to, values)
    }
    // 2^63 and 2^64 are floats; the numbers just below them are not: compare below the bound.
    const [low, above] = [Number(least), Number(most + 1n)]
    for (let row = 0; row < column.length; row++) {
      const value = from[row] as number
      if (value >= low && value < above && Number.isInteger(value)) values[row] = isBig(to) ? BigInt(value) : value
      else if (!isBelow(column.validity, row)) fail(row, Number.isInteger(value) ? why : 'it is not a whole number')
    }
    return withValues(column, to, values)
  }
}

const largest = { 16: 65_504, 32: 3.4028234663852886e38, 64: Number.MAX_VALUE }

/** To a float: the nearest one; only a finite number that would become infinite fails. */
function toFloat(to: ColumnType & { kind: 'float' }): Cast {
  const most = largest[to.bits]
  return (scope, column, fail) => {
    const from = plain(column)
    const values = valuesFor(scope, to, column.length)
    for (let row = 0; row < column.length; row++) {
      const value = Number(from[row])
      values[row] = to.bits === 16 ? toHalf(value) : value
      if (Math.abs(value) > most && value - value === 0 && !isBelow(column.validity, row))
        fail(row, `it is larger than ${most}`)
    }
    return withValues(column, to, values)
  }
}

/** 0 is false and 1 is true; nothing else is either. */
const toBool: Cast = (scope, column, fail) => {
  const from = plain(column)
  const values = scope.bits(column.length)
  for (let row = 0; row < column.length; row++) {
    const value = Number(from[row])
    if (value === 1) setBit(values, row)
    else if (value !== 0 && !isBelow(column.validity, row)) fail(row, 'only 0 and 1 are')
  }
  return withValues(column, { kind: 'bool' }, values)
}

const power = (exponent: number) => 10n ** BigInt(exponent)

/** Puts an unscaled decimal into its row. */
export function setDecimal(pairs: BigInt64Array, row: number, unscaled: bigint): void {
  pairs[row * 2] = BigInt.asIntN(64, unscaled)
  pairs[row * 2 + 1] = BigInt.asIntN(64, unscaled >> 64n)
}

/** A decimal's unscaled value under another scale, or why it has none: digits are never cut off. */
export function rescale(unscaled: bigint, from: number, to: ColumnType & { kind: 'decimal' }): bigint | string {
  const shift = to.scale - from
  if (shift < 0 && unscaled % power(-shift) !== 0n) return `it has more than ${to.scale} decimal places`
  const scaled = shift < 0 ? unscaled / power(-shift) : unscaled * power(shift)
  const limit = power(to.precision)
  return scaled < limit && scaled > -limit ? scaled : `it has more than ${to.precision} digits`
}

/** To a decimal: ints and decimals exactly, floats rounded to its scale. */
function toDecimal(from: ColumnType, to: ColumnType & { kind: 'decimal' }): Cast | null {
  if (from.kind !== 'int' && from.kind !== 'float' && from.kind !== 'decimal') return null
  return (scope, column, fail) => {
    const numbers = from.kind === 'decimal' ? null : plain(column)
    const values = valuesFor(scope, to, column.length) as BigInt64Array
    for (let row = 0; row < column.length; row++) {
      if (!isValid(column, row)) continue
      const value = numbers ? numbers[row] : int128At(column.values as BigInt64Array, row)
      const unscaled =
        typeof value === 'bigint'
          ? rescale(value, from.kind === 'decimal' ? from.scale : 0, to)
          : fromNumber(value as number, to)
      if (typeof unscaled === 'string') fail(row, unscaled)
      else setDecimal(values, row, unscaled)
    }
    return withValues(column, to, values)
  }
}

function fromNumber(value: number, to: ColumnType & { kind: 'decimal' }): bigint | string {
  if (!Number.isFinite(value)) return 'it is not finite'
  if (Number.isInteger(value)) return rescale(BigInt(value), 0, to)
  const places = Math.max(0, Math.min(to.scale, 100))
  const digits = value.toFixed(places).replace('.', '')
  return rescale(BigInt(digits), places, to)
}

const int128At = (pairs: BigInt64Array, row: number): bigint =>
  int128(pairs[row * 2] as bigint, pairs[row * 2 + 1] as bigint)

function decimalToInt(scale: number, to: ColumnType & { kind: 'int' }): Cast {
  const whole = { kind: 'decimal', precision: 38, scale: 0 } as const
  const [least, most] = rangeOf(to)
  return (scope, column, fail) => {
    const values = valuesFor(scope, to, column.length)
    for (let row = 0; row < column.length; row++) {
      if (!isValid(column, row)) continue
      const value = rescale(int128At(column.values as BigInt64Array, row), scale, whole)
      if (typeof value === 'string') fail(row, 'it is not a whole number')
      else if (value < least || value > most) fail(row, `it is not between ${least} and ${most}`)
      else values[row] = isBig(to) ? value : Number(value)
    }
    return withValues(column, to, values)
  }
}

const decimalToFloat =
  (scale: number, to: ColumnType): Cast =>
  (scope, column) =>
    // By way of the text: dividing by a power of ten would round twice.
    fillNumbers(scope, column, to, (row) => Number(`${int128At(column.values as BigInt64Array, row)}e${-scale}`))
