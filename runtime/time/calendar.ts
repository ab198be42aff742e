import type { TimeUnit } from '../pipeline/types.ts'

/** How many of a unit make a second. */
export const unitsPerSecond: Readonly<Record<TimeUnit, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }

/** The same for whole numbers of 64 bits. */
export const wholeUnitsPerSecond: Readonly<Record<TimeUnit, bigint>> = {
  s: 1n,
  ms: 1_000n,
  us: 1_000_000n,
  ns: 1_000_000_000n,
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The first days of the months of 1900 to 2099, and of the one after: most dates need no arithmetic. */
const monthStarts = Int32Array.from({ length: 200 * 12 + 1 }, (_, i) =>
  daysFromCivil(1900 + Math.floor(i / 12), (i % 12) + 1, 1),
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
  return daysFromCivil(year, month, day)
}

/** Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** A day of the Gregorian calendar; month and day count from 1. */
export interface CivilDay {
  year: number
  month: number
  day: number
}

/** Writes the calendar's day of days since 1970-01-01 into `into`; civil_from_days of the same source. */
export function civilDay(days: number, into: CivilDay): CivilDay {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  into.day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  into.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  into.year = yearOfEra + era * 400 + (into.month <= 2 ? 1 : 0)
  return into
}

const found: CivilDay = { year: 0, month: 0, day: 0 }

/** The year, or the month or day from 1, of days since 1970-01-01. */
export const partOfDay = (days: number, part: keyof CivilDay): number => civilDay(days, found)[part]
