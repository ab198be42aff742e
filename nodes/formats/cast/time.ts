import type { TimeUnit } from '@headrace/runtime/sdk'

/** How many of a unit make a second. */
export const perSecond: Record<TimeUnit, bigint> = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n }

/** Seconds and nanoseconds since 1970, from an ISO 8601 text; null where it is none. */
export interface Instant {
  readonly days: number
  readonly seconds: number
  readonly nanos: number
  /** Whether the text has a time of day beside the date. */
  readonly timed: boolean
}

const dateTime =
  /^([+-]\d{4,6}|\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/
const clock = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?$/

/** Reads `2026-01-31`, `2026-01-31T12:00:00.5Z`, `2026-01-31 12:00+01:00`. An offset is taken off, a text without one is UTC. */
export function parseDateTime(text: string): Instant | null {
  const found = dateTime.exec(text)
  if (!found) return null
  const days = daysOf(Number(found[1]), Number(found[2]), Number(found[3]))
  if (days === null) return null
  if (found[4] === undefined) return { days, seconds: 0, nanos: 0, timed: false }
  const seconds = secondsOf(found[4], found[5], found[6])
  if (seconds === null) return null
  const shifted = seconds - offsetSeconds(found[8])
  return {
    days: days + Math.floor(shifted / 86_400),
    seconds: ((shifted % 86_400) + 86_400) % 86_400,
    nanos: Number((found[7] ?? '').padEnd(9, '0')),
    timed: true,
  }
}

/** Reads a time of day, `23:59:59.123`, as microseconds since midnight; null where it is none. */
export function parseClock(text: string): bigint | null {
  const found = clock.exec(text)
  const seconds = found && secondsOf(found[1], found[2], found[3])
  if (!found || seconds === null) return null
  return BigInt(seconds) * 1_000_000n + BigInt((found[4] ?? '').padEnd(6, '0'))
}

function secondsOf(hours = '0', minutes = '0', seconds = '0'): number | null {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)]
  return h < 24 && m < 60 && s < 60 ? h * 3600 + m * 60 + s : null
}

function offsetSeconds(offset: string | undefined): number {
  if (!offset || offset === 'Z' || offset === 'z') return 0
  const digits = offset.replace(':', '')
  const seconds = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5) || 0) * 60
  return offset[0] === '-' ? -seconds : seconds
}

/** Days since 1970-01-01 of a date of the Gregorian calendar; null where there is no such day. */
export function daysOf(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return Math.round(date.getTime() / 86_400_000)
}

/** The whole part of a quotient, rounded down also below zero. */
export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}
