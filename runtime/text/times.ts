import type { ColumnType, TimeUnit } from '../pipeline/types.ts'
import { type CivilDay, civilDay, unitsPerSecond, wholeUnitsPerSecond } from '../time/calendar.ts'
import type { TextBuffer } from './buffer.ts'
import { writePadded } from './numbers.ts'

const dash = 45
const colon = 58

const found: CivilDay = { year: 0, month: 0, day: 0 }

/** Days since 1970 as `2026-03-01`; years beyond 0–9999 with a sign and six digits, as ISO 8601 asks. */
export function writeDate(out: TextBuffer, days: number): void {
  const { year, month, day } = civilDay(days, found)
  out.reserve(16)
  if (year >= 0 && year <= 9999) writePadded(out, year, 4)
  else {
    out.ascii(year < 0 ? '-' : '+')
    writePadded(out, Math.abs(year), Math.max(6, String(Math.abs(year)).length))
  }
  out.bytes[out.length++] = dash
  writePadded(out, month, 2)
  out.bytes[out.length++] = dash
  writePadded(out, day, 2)
}

/**
 * Seconds of a day and parts of a second as `12:30:00`, `12:30:00.250`, `12:30:00.000125`: no fraction where it is 0,
 * else `digits`, or 3, 6 or 9 as it needs.
 */
export function writeClock(out: TextBuffer, seconds: number, nanos: number, digits = fractionDigits(nanos)): void {
  out.reserve(20)
  writePadded(out, Math.floor(seconds / 3600), 2)
  out.bytes[out.length++] = colon
  writePadded(out, Math.floor(seconds / 60) % 60, 2)
  out.bytes[out.length++] = colon
  writePadded(out, seconds % 60, 2)
  if (nanos === 0) return
  out.byte(46)
  writePadded(out, nanos / 10 ** (9 - digits), digits)
}

const fractionDigits = (nanos: number): number => (nanos % 1e6 === 0 ? 3 : nanos % 1e3 === 0 ? 6 : 9)

/** A timestamp as `2026-03-01T12:30:00`; with a zone it is an instant and ends in Z. */
export function writeTimestamp(out: TextBuffer, value: bigint, unit: TimeUnit, zoned: boolean, digits?: number): void {
  const units = unitsPerSecond[unit]
  let seconds: number
  let part: number
  if (value > -9007199254740991n && value < 9007199254740991n) {
    const number = Number(value)
    seconds = Math.floor(number / units)
    part = number - seconds * units
  } else {
    const rest = ((value % BigInt(units)) + BigInt(units)) % BigInt(units)
    seconds = Number((value - rest) / BigInt(units))
    part = Number(rest)
  }
  const days = Math.floor(seconds / 86400)
  writeDate(out, days)
  out.byte(84)
  writeClock(out, seconds - days * 86400, part * (1e9 / units), digits)
  if (zoned) out.byte(90)
}

/** About the year 999,000: no text with a longer one is read as a moment. */
const mostDays = 364_000_000

/** Whether a date's days or a timestamp's units are so far off that their year has more than six digits, or nearly. */
export function isFarOff(type: ColumnType, value: number | bigint): boolean {
  if (type.kind === 'date') return Math.abs(Number(value)) > mostDays
  if (type.kind !== 'timestamp') return false
  const most = BigInt(mostDays) * 86_400n * wholeUnitsPerSecond[type.unit]
  return BigInt(value) > most || BigInt(value) < -most
}
