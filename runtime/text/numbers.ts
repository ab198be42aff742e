import { toHalf } from '../memory/column.ts'
import type { TextBuffer } from './buffer.ts'

const zero = 48
const dot = 46
const minus = 45

/** A whole number up to 2^53. */
export function writeInteger(out: TextBuffer, value: number): void {
  out.reserve(20)
  let rest = value
  if (rest < 0) {
    out.bytes[out.length++] = minus
    rest = -rest
  }
  writePadded(out, rest, countDigits(rest))
}

/** A whole number of at least 0 with `digits` digits, zeros in front. The room is reserved. */
export function writePadded(out: TextBuffer, value: number, digits: number): void {
  let rest = value
  let at = (out.length += digits)
  const stop = at - digits
  // Doubles until the rest fits 31 bits, where whole-number division is quick.
  while (rest > 0x7fffffff) {
    const next = Math.floor(rest / 10)
    out.bytes[--at] = zero + (rest - next * 10)
    rest = next
  }
  rest |= 0
  while (at > stop) {
    const next = (rest / 10) | 0
    out.bytes[--at] = zero + (rest - next * 10)
    rest = next
  }
}

function countDigits(value: number): number {
  let digits = 1
  for (let power = 10; power <= value; power *= 10) digits++
  return digits
}

/** An int64 or uint64 from its two halves, all digits. */
export function writeInt64(out: TextBuffer, low: number, high: number, whole: () => bigint): void {
  if (high >= -0x200000 && high < 0x200000) writeInteger(out, high * 4294967296 + (low >>> 0))
  else out.ascii(whole().toString())
}

const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

/** The shortest text that reads back as the same float64. Finite numbers only. */
export function writeFloat64(out: TextBuffer, value: number): void {
  const size = Math.abs(value)
  // Up to 15 digits a decimal that divides back to the value is its shortest form; prices and the like end here.
  if (size < 1e11 && size >= 1e-4) {
    for (let decimals = 0; decimals <= 4; decimals++) {
      const power = powers[decimals] as number
      const scaled = Math.round(size * power)
      if (scaled / power !== size) continue
      writeScaled(out, value < 0, scaled, decimals)
      return
    }
  }
  out.ascii(Object.is(value, -0) ? '-0' : String(value))
}

/** The shortest text that reads back as the same float32. Finite numbers only. */
export function writeFloat32(out: TextBuffer, value: number): void {
  const size = Math.abs(value)
  if (size < 1e6 && size >= 1e-6) {
    // Between 6 and 9 digits. A product below 2^53 rounds to the nearest decimal of that length, and a division by
    // a power of ten is exact enough to check it as a reader would.
    const least = Math.max(0, 5 - Math.floor(Math.log10(size)))
    for (let decimals = least; decimals < least + 4; decimals++) {
      const power = powers[decimals] as number
      const scaled = Math.round(size * power)
      if (Math.fround(scaled / power) !== size) continue
      writeScaled(out, value < 0, scaled, decimals)
      return
    }
  }
  out.ascii(shortest(value, 9, (candidate) => Math.fround(candidate) === value))
}

/** The shortest text that reads back as the same float16. Finite numbers only. */
export function writeFloat16(out: TextBuffer, value: number): void {
  const bits = toHalf(value)
  out.ascii(shortest(value, 5, (candidate) => toHalf(candidate) === bits))
}

function shortest(value: number, most: number, same: (candidate: number) => boolean): string {
  if (Object.is(value, -0)) return '-0'
  for (let digits = 1; digits < most; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (same(rounded)) return String(rounded)
  }
  return String(Number(value.toPrecision(most)))
}

/** `scaled` / 10^`decimals`, without zeros at the end. */
function writeScaled(out: TextBuffer, negative: boolean, scaled: number, decimals: number): void {
  let rest = scaled
  let places = decimals
  while (places > 0 && rest % 10 === 0) {
    rest /= 10
    places--
  }
  out.reserve(40)
  if (negative) out.bytes[out.length++] = minus
  const whole = Math.floor(rest / (powers[places] as number))
  writePadded(out, whole, countDigits(whole))
  if (places === 0) return
  out.bytes[out.length++] = dot
  writePadded(out, rest - whole * (powers[places] as number), places)
}

/** A decimal with all the digits of its scale: `12.50`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** The same into a buffer. */
export function writeDecimal(out: TextBuffer, unscaled: bigint, scale: number): void {
  out.ascii(decimalText(unscaled, scale))
}
