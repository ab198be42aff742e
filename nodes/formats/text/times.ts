import type { TimeUnit } from '@headrace/runtime/sdk'
import type { TextBuffer } from './buffer.ts'
import { writePadded } from './numbers.ts'

const dash = 45
const colon = 58

/** Units of a timestamp in a second. */
export const perSecond: Readonly<Record<TimeUnit, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }

/** Days since 1970 as `2026-03-01`; years beyond 0–9999 with a sign and six digits, as ISO 8601 asks. */
export function writeDate(out: TextBuffer, days: number): void {
  // Civil date from days, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  out.reserve(16)
  if (year >= 0 && year <= 9999) writePadded(out, year, 4)
  else {
    out.ascii(year < 0 ? '-' : '+')
    writePadded(out, Math.abs(year), Math.max(6, String(Math.abs(year)).length))
  }
  out.bytes[out.length++] = dash
  writePadded(out, month, 2)
  out.bytes[out.length++] = dash
  writePadded(out, dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1, 2)
}

/** Seconds of a day and parts of a second as `12:30:00`, `12:30:00.250`, `12:30:00.000125`. */
export function writeClock(out: TextBuffer, seconds: number, nanos: number): void {
  out.reserve(20)
  writePadded(out, Math.floor(seconds / 3600), 2)
  out.bytes[out.length++] = colon
  writePadded(out, Math.floor(seconds / 60) % 60, 2)
  out.bytes[out.length++] = colon
  writePadded(out, seconds % 60, 2)
  if (nanos === 0) return
  out.byte(46)
  const digits = nanos % 1e6 === 0 ? 3 : nanos % 1e3 === 0 ? 6 : 9
  writePadded(out, nanos / 10 ** (9 - digits), digits)
}

/** A timestamp as `2026-03-01T12:30:00`; with a zone it is an instant and ends in Z. */
export function writeTimestamp(out: TextBuffer, value: bigint, unit: TimeUnit, zoned: boolean): void {
  const units = perSecond[unit]
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
  writeClock(out, seconds - days * 86400, part * (1e9 / units))
  if (zoned) out.byte(90)
}
