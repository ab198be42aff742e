import { daysOf } from './calendar.ts'

/** A point in time as it was read: the readers of ISO 8601 and of strptime fill the one that they are given. */
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

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57

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
function isoTimeUpTo(bytes: Uint8Array, start: number, end: number, into: Moment, cut: boolean): number {
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
      at = fractionUpTo(bytes, at + 1, end, into, cut)
      if (at < 0) return -1
    }
  }
  if (!(hour < 24 && minute < 60 && second < 60)) return -1
  into.seconds = hour * 3600 + minute * 60 + second
  return at
}

const tens = Int32Array.from({ length: 10 }, (_, i) => 10 ** i)

/** Digits of a second's fraction into `nanos`; where they end, or -1. More than nine are refused, or cut. */
export function fractionUpTo(bytes: Uint8Array, start: number, end: number, into: Moment, cut = false): number {
  let at = start
  let value = 0
  for (; at < end && at < start + 9 && isDigit(bytes[at] as number); at++)
    value = value * 10 + (bytes[at] as number) - 48
  const count = at - start
  if (count === 0) return -1
  into.nanos = value * (tens[9 - count] as number)
  const last = at
  while (at < end && isDigit(bytes[at] as number)) at++
  return at === last || cut ? at : -1
}

/** `Z`, `+02`, `+0200`, `+02:00` into `offset`; where it ends, or -1. */
export function offsetUpTo(bytes: Uint8Array, start: number, end: number, into: Moment): number {
  const sign = bytes[start]
  if (start < end && (sign === 90 || sign === 122)) {
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
export const isoTime: ReadMoment = (bytes, start, end, into) => isoTimeUpTo(bytes, start, end, into, false) === end

/** A time of day; digits beyond nanoseconds are cut. */
export const isoTimeCut: ReadMoment = (bytes, start, end, into) => isoTimeUpTo(bytes, start, end, into, true) === end

/** A timestamp, ISO 8601, with `T` or a space, with or without an offset; a date alone is its midnight. */
export const isoTimestamp: ReadMoment = (bytes, start, end, into) => {
  into.days = end - start < 10 ? Number.NaN : isoDate(bytes, start, start + 10)
  return restOfTimestamp(bytes, start + 10, end, into, false)
}

/**
 * A timestamp whose year may have a sign and four to six digits, as ISO 8601 and our own writers have them beyond 9999;
 * digits beyond nanoseconds are cut.
 */
export const isoTimestampCut: ReadMoment = (bytes, start, end, into) => {
  const sign = bytes[start]
  if (sign !== 43 && sign !== 45) {
    into.days = end - start < 10 ? Number.NaN : isoDate(bytes, start, start + 10)
    return restOfTimestamp(bytes, start + 10, end, into, true)
  }
  let dash = start + 1
  while (dash < end && isDigit(bytes[dash] as number)) dash++
  const digits = dash - start - 1
  if (digits < 4 || digits > 6 || dash + 6 > end || bytes[dash] !== 45 || bytes[dash + 3] !== 45) return false
  const year = digitsAt(bytes, start + 1, digits)
  into.days = daysOf(sign === 45 ? -year : year, pair(bytes, dash + 1), pair(bytes, dash + 4))
  return restOfTimestamp(bytes, dash + 6, end, into, true)
}

/** What follows a timestamp's date: nothing, or a time of day with or without an offset. */
function restOfTimestamp(bytes: Uint8Array, start: number, end: number, into: Moment, cut: boolean): boolean {
  into.offset = Number.NaN
  into.seconds = into.nanos = 0
  if (Number.isNaN(into.days)) return false
  if (start === end) return true
  const separator = bytes[start]
  if (separator !== 84 && separator !== 32 && separator !== 116) return false
  let at = isoTimeUpTo(bytes, start + 1, end, into, cut)
  if (at < 0) return false
  if (at < end && bytes[at] === 32) at++
  if (at < end) at = offsetUpTo(bytes, at, end, into)
  return at === end
}
