import { isDigit } from './scan.ts'

/** A point in time as it was read: `readMoment` and strptime's readers fill the one that they are given. */
export interface Moment {
  /** Days since 1970-01-01, seconds of that day, nanoseconds of that second. */
  days: number
  seconds: number
  nanos: number
  /** Minutes east of UTC; NaN where the text says none. */
  offset: number
}

export const newMoment = (): Moment => ({ days: 0, seconds: 0, nanos: 0, offset: Number.NaN })

/** Reads text into a moment; false where it is not written so. */
export type ReadMoment = (bytes: Uint8Array, start: number, end: number, into: Moment) => boolean

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The first days of the months of 1900 to 2099, and of the one after: most dates need no arithmetic. */
const monthStarts = Int32Array.from({ length: 200 * 12 + 1 }, (_, i) =>
  civil(1900 + Math.floor(i / 12), (i % 12) + 1, 1),
)

/** Days since 1970-01-01 of a day of the Gregorian calendar; NaN where there is no such day. */
export function daysOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1)) return Number.NaN
  if (year >= 1900 && year < 2100) {
    const index = (year - 1900) * 12 + month - 1
    const days = (monthStarts[index] as number) + day - 1
    return days < (monthStarts[index + 1] as number) ? days : Number.NaN
  }
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > (monthDays[month - 1] as number) + (leap && month === 2 ? 1 : 0)) return Number.NaN
  return civil(year, month, day)
}

/** Howard Hinnant's days_from_civil. */
function civil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/** Two digits as a number; NaN where one is none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48
  const ones = (bytes[at + 1] as number) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** `count` digits as a number; NaN where one is none. */
export function digitsAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = (bytes[i] as number) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** `2024-01-31` as days since 1970-01-01; NaN where it is no such date. */
export function isoDate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return Number.NaN
  return daysOf(pair(bytes, start) * 100 + pair(bytes, start + 2), pair(bytes, start + 5), pair(bytes, start + 8))
}

/** `12:30`, `12:30:59`, `12:30:59.123456789` into `seconds` and `nanos`; where it ends, or -1. */
function isoTimeUpTo(bytes: Uint8Array, start: number, end: number, into: Moment): number {
  if (end - start < 5 || bytes[start + 2] !== 58) return -1
  const hour = pair(bytes, start)
  const minute = pair(bytes, start + 3)
  let second = 0
  let at = start + 5
  into.nanos = 0
  if (at + 3 <= end && bytes[at] === 58) {
    second = pair(bytes, at + 1)
    at += 3
    if (at < end && (bytes[at] === 46 || bytes[at] === 44)) {
      at = fractionUpTo(bytes, at + 1, end, into)
      if (at < 0) return -1
    }
  }
  if (!(hour < 24 && minute < 60 && second < 60)) return -1
  into.seconds = hour * 3600 + minute * 60 + second
  return at
}

const tens = Int32Array.from({ length: 10 }, (_, i) => 10 ** i)

/** Up to nine digits of a second's fraction into `nanos`; where they end, or -1. */
export function fractionUpTo(bytes: Uint8Array, start: number, end: number, into: Moment): number {
  let at = start
  let value = 0
  for (; at < end && isDigit(bytes[at] as number); at++) value = value * 10 + (bytes[at] as number) - 48
  const count = at - start
  if (count === 0 || count > 9) return -1
  into.nanos = value * (tens[9 - count] as number)
  return at
}

/** `Z`, `+02`, `+0200`, `+02:00` into `offset`; where it ends, or -1. */
export function offsetUpTo(bytes: Uint8Array, start: number, end: number, into: Moment): number {
  const sign = bytes[start]
  if (sign === 90 || sign === 122) {
    into.offset = 0
    return start + 1
  }
  if (sign !== 43 && sign !== 45) return -1
  const hours = start + 3 <= end ? digitsAt(bytes, start + 1, 2) : Number.NaN
  let at = start + 3
  if (bytes[at] === 58 && at < end) at++
  const hasMinutes = at + 2 <= end && isDigit(bytes[at] as number)
  const minutes = hasMinutes ? digitsAt(bytes, at, 2) : 0
  if (hasMinutes) at += 2
  else at = start + 3
  if (!(hours < 24 && minutes < 60)) return -1
  into.offset = (sign === 45 ? -1 : 1) * (hours * 60 + minutes)
  return at
}

/** A time of day, ISO 8601: `12:30:59.5`. */
export const isoTime: ReadMoment = (bytes, start, end, into) => isoTimeUpTo(bytes, start, end, into) === end

/** A timestamp, ISO 8601, with `T` or a space, with or without an offset; a date alone is its midnight. */
export const isoTimestamp: ReadMoment = (bytes, start, end, into) => {
  into.offset = Number.NaN
  into.seconds = into.nanos = 0
  into.days = end - start < 10 ? Number.NaN : isoDate(bytes, start, start + 10)
  if (Number.isNaN(into.days)) return false
  if (end - start === 10) return true
  const separator = bytes[start + 10]
  if (separator !== 84 && separator !== 32 && separator !== 116) return false
  let at = isoTimeUpTo(bytes, start + 11, end, into)
  if (at < 0) return false
  if (at < end && bytes[at] === 32) at++
  if (at < end) at = offsetUpTo(bytes, at, end, into)
  return at === end
}
