import { end, leave, rows, start, trimmed } from './column'
import { areDigits, eightDigits } from './digits'
import { values } from './memory'

const none: i32 = i32.MIN_VALUE

/** `2024-01-31` as days since 1970-01-01, or `none`. */
function date(at: i32): i32 {
  const text = load<u64>(at)
  const written = (text & 0xffffffff) | ((text >> 8) & 0x0000ffff00000000) | ((<u64>load<u16>(at, 8)) << 48)
  if ((text & 0xff0000ff00000000) !== 0x2d00002d00000000 || !areDigits(written)) return none
  const number = eightDigits(written)
  const month = <i32>((number / 100) % 100)
  const day = <i32>(number % 100)
  const year = <i32>(number / 10000)
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > daysIn(year, month))) return none
  return civilDays(year, month, day)
}

function daysIn(year: i32, month: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return 30 + ((month + (month >> 3)) & 1)
}

/** Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil, for years from 0 on. */
function civilDays(year: i32, month: i32, day: i32): i32 {
  // One era more, so that January of year 0 is no negative number.
  const shifted = year + 400 - (month <= 2 ? 1 : 0)
  const era = shifted / 400
  const yearOfEra = shifted - era * 400
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468 - 146097
}

/** Reads ISO 8601 dates as days since 1970-01-01. */
export function dates(): void {
  for (let row = 0; row < rows; row++) {
    if (!trimmed(row)) continue
    const days = end - start === 10 ? date(start) : none
    if (days === none) leave(row)
    else store<i32>(values + (row << 2), days)
  }
}

/** `12:30:59` as seconds, or `none`. */
function time(at: i32): i32 {
  const text = load<u64>(at)
  const written = ((text & 0xffff) << 16) | ((text << 8) & 0x0000ffff00000000) | (text & 0xffff000000000000)
  if ((text & 0x0000ff0000ff0000) !== 0x00003a00003a0000 || !areDigits(written | 0x3030)) return none
  const number = <i32>eightDigits(written | 0x3030)
  const hours = number / 10000
  const minutes = (number / 100) % 100
  const seconds = number % 100
  return hours < 24 && minutes < 60 && seconds < 60 ? hours * 3600 + minutes * 60 + seconds : none
}

/**
 * Reads ISO 8601 timestamps with seconds, in a unit of which `scale` make one: with a Z at the end where the column
 * has a zone, without an offset where it has none. `most`: the days from 1970 that the unit can hold for certain.
 */
export function timestamps(scale: i32, zoned: i32, most: i32): void {
  const step = 1000000000 / scale
  for (let row = 0; row < rows; row++) {
    if (!trimmed(row)) continue
    let to = end
    if (zoned) {
      if (end - start < 20 || (load<u8>(end - 1) | 0x20) !== 0x7a) {
        leave(row)
        continue
      }
      to--
    }
    const length = to - start
    const days = length >= 19 ? date(start) : none
    const separator = load<u8>(start, 10) | 0x20
    const seconds = separator === 0x74 || load<u8>(start, 10) === 32 ? time(start + 11) : none
    const nanos = length > 19 ? fraction(start + 19, to) : 0
    if (days === none || seconds === none || nanos < 0 || nanos % step !== 0 || days > most || days < -most) leave(row)
    else store<i64>(values + (row << 3), (<i64>days * 86400 + <i64>seconds) * <i64>scale + <i64>(nanos / step))
  }
}

/** `.5` as nanoseconds, up to nine digits; -1 for anything else. */
function fraction(at: i32, to: i32): i32 {
  const sign = load<u8>(at++)
  const count = to - at
  if ((sign !== 46 && sign !== 44) || count < 1 || count > 9) return -1
  let nanos = 0
  for (; at < to; at++) {
    const digit = <i32>load<u8>(at) - 48
    if (<u32>digit > 9) return -1
    nanos = nanos * 10 + digit
  }
  for (let i = count; i < 9; i++) nanos *= 10
  return nanos
}
