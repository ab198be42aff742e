import { setBit, type TypedArray, toHalf } from '@headrace/runtime/sdk'
import type { Fill } from './column.ts'
import { boolean, decimalNumber, hasLeadingZero, isNotANumber, longInteger, shortInteger, unscaled } from './scan.ts'

/** Reads whole numbers. `inferred`: one with a leading zero is refused. */
export function fillIntegers(type: { bits: number; signed: boolean }, inferred: boolean): Fill {
  const { bits, signed } = type
  const least = signed ? -(2n ** BigInt(bits - 1)) : 0n
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n
  const [low, high] = [Number(least), Number(most)]
  const long = (values: TypedArray, row: number, value: bigint | null): boolean => {
    if (value === null || value < least || value > most) return false
    if (bits === 64) values[row] = value as never
    else values[row] = Number(value)
    return true
  }
  return ({ bytes, starts, ends }, rows, values, fail) => {
    // Two halves written as int32 cost a tenth of a BigInt.
    const halves = bits === 64 ? new Int32Array(values.buffer, values.byteOffset, values.length * 2) : null
    for (let row = 0; row < rows; row++) {
      const start = starts[row] as number
      const end = ends[row] as number
      if (end < 0) continue
      const value = shortInteger(bytes, start, end)
      if (inferred && hasLeadingZero(bytes, start, end)) fail(row)
      else if (!(value >= low && value <= high)) {
        if (!Number.isNaN(value) || !long(values, row, longInteger(bytes, start, end))) fail(row)
      } else if (halves) {
        halves[row * 2] = value
        halves[row * 2 + 1] = Math.floor(value / 4294967296)
      } else values[row] = value
    }
  }
}

/** Reads floats. `inferred`: one with a leading zero before another digit is refused. */
export function fillFloats(bits: 16 | 32 | 64, decimal: number, inferred: boolean): Fill {
  return ({ bytes, starts, ends }, rows, values, fail) => {
    for (let row = 0; row < rows; row++) {
      const start = starts[row] as number
      const end = ends[row] as number
      if (end < 0) continue
      const value = decimalNumber(bytes, start, end, decimal)
      if (Number.isNaN(value) && !isNotANumber(bytes, start, end)) fail(row)
      else if (inferred && hasLeadingZero(bytes, start, end)) fail(row)
      else values[row] = bits === 16 ? toHalf(value) : value
    }
  }
}

/** Reads decimals exactly; more digits than the type has are refused. */
export function fillDecimals(type: { precision: number; scale: number }, decimal: number): Fill {
  const limit = 10n ** BigInt(type.precision)
  return ({ bytes, starts, ends }, rows, values, fail) => {
    const pairs = values as BigInt64Array
    for (let row = 0; row < rows; row++) {
      if ((ends[row] as number) < 0) continue
      const value = unscaled(bytes, starts[row] as number, ends[row] as number, decimal, type.scale)
      if (value === null || value >= limit || value <= -limit) fail(row)
      else {
        pairs[row * 2] = BigInt.asIntN(64, value)
        pairs[row * 2 + 1] = BigInt.asIntN(64, value >> 64n)
      }
    }
  }
}

/** Reads true and false. */
export const fillBooleans: Fill = ({ bytes, starts, ends }, rows, values, fail) => {
  const bits = values as Uint8Array
  for (let row = 0; row < rows; row++) {
    if ((ends[row] as number) < 0) continue
    const value = boolean(bytes, starts[row] as number, ends[row] as number)
    if (value < 0) fail(row)
    else if (value) setBit(bits, row)
  }
}
