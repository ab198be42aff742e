import { end, leave, rows, start, trimmed } from './column'
import { areDigits, eightDigits, withZeros } from './digits'
import { values } from './memory'

/** 10^0 to 10^19. */
const powers = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
])

function isDigit(byte: i32): bool {
  return <u32>(byte - 48) < 10
}

/** The number that 1 to 18 digits write, or -1. */
function digits(at: i32, count: i32): i64 {
  let value: i64 = 0
  let rest = count
  const odd = count & 7
  if (odd) {
    const part = withZeros(load<u64>(at), odd)
    if (!areDigits(part)) return -1
    value = eightDigits(part)
    at += odd
    rest -= odd
  }
  for (; rest > 0; rest -= 8, at += 8) {
    const part = load<u64>(at)
    if (!areDigits(part)) return -1
    value = value * 100000000 + <i64>eightDigits(part)
  }
  return value
}

/** Reads whole numbers of up to 18 digits between `low` and `high` into values of `size` bytes. */
export function integers(size: i32, low: i64, high: i64, inferred: i32): void {
  for (let row = 0; row < rows; row++) {
    if (!trimmed(row)) continue
    const sign = <i32>load<u8>(start)
    const at = sign === 45 || sign === 43 ? start + 1 : start
    const count = end - at
    if (count < 1 || count > 18 || (inferred && count > 1 && load<u8>(at) === 48)) {
      leave(row)
      continue
    }
    let value = digits(at, count)
    const good = value >= 0
    if (sign === 45) value = -value
    if (!good || value < low || value > high) leave(row)
    else if (size === 8) store<i64>(values + (row << 3), value)
    else if (size === 4) store<i32>(values + (row << 2), <i32>value)
    else if (size === 2) store<i16>(values + (row << 1), <i16>value)
    else store<i8>(values + row, <i8>value)
  }
}

/** A number of up to 8 bytes without a sign, or -1. */
function shortFloat(at: i32, length: i32, decimal: u64): f64 {
  let part = load<u64>(at) & (u64.MAX_VALUE >> <u64>(64 - 8 * length))
  const signs = part ^ (decimal * 0x0101010101010101)
  const found = (signs - 0x0101010101010101) & ~signs & 0x8080808080808080
  let fraction = 0
  if (found) {
    const sign = ctz(found) & 0x38
    part = (part & (((<u64>1) << sign) - 1)) | (((part >> sign) >> 8) << sign)
    fraction = length - 1 - <i32>(sign >> 3)
    length--
    if (length === 0) return -1
  }
  part = withZeros(part, length)
  if (!areDigits(part)) return -1
  return <f64>eightDigits(part) / load<f64>(powers + (fraction << 3))
}

/** A number of up to 20 bytes without a sign whose digits a double holds exactly, or -1. */
function longFloat(at: i32, to: i32, decimal: i32): f64 {
  let mantissa: u64 = 0
  let fraction = 0
  let count = 0
  let point = 0
  for (; at < to; at++) {
    const byte = <i32>load<u8>(at)
    if (byte === decimal && point === 0) point = 1
    else if (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - 48)
      fraction += point
      count++
    } else return -1
  }
  if (count === 0 || count > 19 || mantissa > 9007199254740991) return -1
  return <f64>mantissa / load<f64>(powers + (fraction << 3))
}

/** Reads decimal numbers without an exponent into values of 4 or 8 bytes; exact, or left. */
export function floats(size: i32, decimal: i32, inferred: i32): void {
  for (let row = 0; row < rows; row++) {
    if (!trimmed(row)) continue
    const sign = <i32>load<u8>(start)
    const at = sign === 45 || sign === 43 ? start + 1 : start
    const length = end - at
    if (length < 1 || length > 20 || (inferred && length > 1 && load<u8>(at) === 48 && isDigit(load<u8>(at + 1)))) {
      leave(row)
      continue
    }
    let value = length <= 8 ? shortFloat(at, length, decimal) : longFloat(at, end, decimal)
    if (value < 0) {
      leave(row)
      continue
    }
    if (sign === 45) value = -value
    if (size === 8) store<f64>(values + (row << 3), value)
    else store<f32>(values + (row << 2), <f32>value)
  }
}

/**
 * Reads decimals of up to 18 digits, with those behind the sign filled up to `scale`, into values of 16 bytes.
 * `most`: 10^precision, or the largest number of 64 bits.
 */
export function decimals(scale: i32, decimal: i32, most: i64): void {
  for (let row = 0; row < rows; row++) {
    if (!trimmed(row)) continue
    const sign = <i32>load<u8>(start)
    let at = sign === 45 || sign === 43 ? start + 1 : start
    let value: i64 = 0
    let count = 0
    let missing = scale
    let point = 0
    for (; at < end && count <= 18; at++) {
      const byte = <i32>load<u8>(at)
      if (byte === decimal && point === 0) point = 1
      else if (isDigit(byte)) {
        value = value * 10 + (byte - 48)
        missing -= point
        count++
      } else break
    }
    if (at < end || count === 0 || missing < 0 || count + missing > 18) {
      leave(row)
      continue
    }
    for (; missing > 0; missing--) value *= 10
    if (value >= most) {
      leave(row)
      continue
    }
    if (sign === 45) value = -value
    store<i64>(values + (row << 4), value)
    store<i64>(values + (row << 4), value >> 63, 8)
  }
}

/** Reads true and false, in any case, as bits. */
export function booleans(): void {
  for (let row = 0; row < rows; row++) {
    if (!trimmed(row)) continue
    const length = end - start
    const word = load<u32>(start) | 0x20202020
    const isTrue = length === 4 && word === 0x65757274
    if (!isTrue && (length !== 5 || word !== 0x736c6166 || (load<u8>(start, 4) | 0x20) !== 0x65)) leave(row)
    // Without a branch: where true and false come by chance, a wrong guess costs more than the rest.
    const byte = values + (row >> 3)
    const bit = (<i32>isTrue) << (row & 7)
    store<u8>(byte, load<u8>(byte) | <u8>bit)
  }
}
