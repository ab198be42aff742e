import { RowFailure } from './tree.ts'

/** A moment as a format or ISO text gives it. */
export interface Moment {
  /** Days since 1970-01-01. */
  readonly days: number
  /** Microseconds since that day's midnight, in UTC where the text has an offset: may lie outside of the day. */
  readonly microseconds: number
}

export const microsecondsADay = 86_400_000_000

/** Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** The year, or the month or day from 1, of a day; from the same source as `daysOf`. */
export function partOfDay(days: number, part: 'year' | 'month' | 'day'): number {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  if (part === 'day') return dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  if (part === 'month') return month
  return yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
}

const daysOfMonth = (year: number, month: number): number =>
  month === 12 ? 31 : daysOf(year, month + 1, 1) - daysOf(year, month, 1)

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/** A day as ISO 8601: `2024-05-17`. */
export function isoDate(days: number): string {
  const year = partOfDay(days, 'year')
  const name = year >= 0 && year <= 9999 ? pad(year, 4) : `${year < 0 ? '-' : '+'}${pad(Math.abs(year), 6)}`
  return `${name}-${pad(partOfDay(days, 'month'), 2)}-${pad(partOfDay(days, 'day'), 2)}`
}

/** A time of day in `unit`s as ISO 8601; the fraction is left out where it is 0. */
export function isoTime(value: bigint, unit: 's' | 'ms' | 'us' | 'ns'): string {
  const digits = { s: 0, ms: 3, us: 6, ns: 9 }[unit]
  const perSecond = 10n ** BigInt(digits)
  const seconds = Number(value / perSecond)
  const fraction = value % perSecond
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
  return fraction ? `${clock}.${String(fraction).padStart(digits, '0')}` : clock
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(?:Z|([+-])(\d\d):?(\d\d)?))?)?$/

/** Reads an ISO 8601 date, or date and time; null where the text is none. */
export function parseIso(text: string): (Moment & { readonly hasTime: boolean }) | null {
  const found = iso.exec(text.trim())
  if (!found) return null
  const number = (at: number) => Number(found[at] ?? 0)
  const offset = (found[8] === '-' ? -1 : 1) * (number(9) * 60 + number(10))
  const fraction = Number((found[7] ?? '').slice(0, 6).padEnd(6, '0'))
  const moment = momentOf({
    ...blank,
    year: number(1),
    month: number(2),
    day: number(3),
    hour: number(4),
    minute: number(5),
    second: number(6),
    fraction,
    offset,
  })
  return moment && { ...moment, hasTime: found[4] !== undefined }
}

interface Fields {
  year: number
  month: number
  day: number
  dayOfYear: number
  hour: number
  minute: number
  second: number
  fraction: number
  /** Minutes east of UTC. */
  offset: number
  afternoon: boolean | null
}

const blank: Fields = {
  year: 1900,
  month: 1,
  day: 1,
  dayOfYear: 0,
  hour: 0,
  minute: 0,
  second: 0,
  fraction: 0,
  offset: 0,
  afternoon: null,
}

function momentOf(fields: Fields): Moment | null {
  const { year, month, day, dayOfYear, minute, second, fraction, offset, afternoon } = fields
  let { hour } = fields
  if (afternoon !== null) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (afternoon ? 12 : 0)
  }
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offset) >= 24 * 60) return null
  const first = daysOf(year, 1, 1)
  if (dayOfYear && first + dayOfYear > daysOf(year + 1, 1, 1)) return null
  const days = dayOfYear ? first + dayOfYear - 1 : daysOf(year, month, day)
  return { days, microseconds: ((hour * 60 + minute - offset) * 60 + second) * 1e6 + fraction }
}

/** A compiled format of strptime. */
export interface DateFormat {
  /** It has a part of the time of day, so that it gives a timestamp. */
  readonly hasTime: boolean
  readonly parse: (text: string) => Moment | null
}

type Setter = (fields: Fields, text: string) => void
type Part = readonly [pattern: string, set: Setter]

const number =
  (key: 'year' | 'month' | 'day' | 'dayOfYear' | 'hour' | 'minute' | 'second'): Setter =>
  (fields, text) => {
    fields[key] = Number(text)
  }
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const setMonth: Setter = (fields, text) => {
  fields.month = monthNames.indexOf(text.slice(0, 3).toLowerCase()) + 1
}
const ignore: Setter = () => {}

const parts: Record<string, Part> = {
  Y: ['\\d{4}', number('year')],
  // POSIX: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068.
  y: ['\\d\\d', (fields, text) => void (fields.year = Number(text) + (Number(text) < 69 ? 2000 : 1900))],
  m: ['1[0-2]|0?[1-9]', number('month')],
  d: ['3[01]|[12]\\d|0?[1-9]| [1-9]', number('day')],
  e: ['3[01]|[12]\\d|0?[1-9]| [1-9]', number('day')],
  j: ['36[0-6]|3[0-5]\\d|[12]\\d\\d|0?[1-9]\\d|0?0?[1-9]', number('dayOfYear')],
  b: [monthNames.join('|'), setMonth],
  B: ['january|february|march|april|may|june|july|august|september|october|november|december', setMonth],
  a: ['mon|tue|wed|thu|fri|sat|sun', ignore],
  A: ['monday|tuesday|wednesday|thursday|friday|saturday|sunday', ignore],
  H: ['2[0-3]|[01]\\d|\\d', number('hour')],
  I: ['1[0-2]|0?[1-9]', number('hour')],
  M: ['[0-5]\\d|\\d', number('minute')],
  S: ['[0-5]\\d|\\d', number('second')],
  f: ['\\d{1,9}', (fields, text) => void (fields.fraction = Number(text.slice(0, 6).padEnd(6, '0')))],
  p: ['am|pm', (fields, text) => void (fields.afternoon = text.toLowerCase() === 'pm')],
  z: ['z|[+-]\\d\\d:?\\d\\d', (fields, text) => void (fields.offset = offsetOf(text))],
  Z: ['utc|gmt|z', ignore],
}
const shorthands: Record<string, string> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' }

function offsetOf(text: string): number {
  if (text.length === 1) return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return text[0] === '-' ? -minutes : minutes
}

/** Compiles a format of strptime (`%d.%m.%Y %H:%M`); a RowFailure where a part of it is unknown. */
export function dateFormat(format: string): DateFormat | RowFailure {
  const known = formats.get(format)
  if (known) return known
  const setters: Setter[] = []
  let pattern = ''
  const expanded = format.replace(/%([FTRD])/g, (_, letter: string) => shorthands[letter] as string)
  // A blank of the format stands for any number of blanks, as in C and Python.
  for (const [found, letter] of expanded.matchAll(/%-?(.?)|\s+|[^%\s]+/g)) {
    const part = letter === undefined ? undefined : parts[letter]
    if (part) {
      pattern += `(${part[0]})`
      setters.push(part[1])
    } else if (letter !== undefined && letter !== '%') {
      const all = [...Object.keys(parts), ...Object.keys(shorthands)].map((one) => `%${one}`).join(' ')
      return new RowFailure('bad-format', `"${found}" is no part of a date format; there are ${all}`)
    } else {
      pattern += found.trim() === '' ? '\\s+' : letter === '%' ? '%' : found.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
    }
  }
  const matcher = new RegExp(`^${pattern}$`, 'i')
  const compiled: DateFormat = {
    hasTime: /%-?[HIMSfpzTR]/.test(expanded),
    parse: (text) => {
      const found = matcher.exec(text.trim())
      if (!found) return null
      const fields = { ...blank }
      setters.forEach((set, i) => {
        set(fields, found[i + 1] as string)
      })
      return momentOf(fields)
    },
  }
  if (formats.size > 100) formats.clear()
  formats.set(format, compiled)
  return compiled
}

const formats = new Map<string, DateFormat>()

/**
 * Microseconds east of UTC of a zone at a moment: `UTC`, `+02:00` or a name of the IANA list. Names are looked up once
 * for each quarter of an hour, the finest step of any zone, as a look-up takes microseconds.
 */
export function zoneOffset(zone: string | null, epochMicroseconds: number): number {
  if (zone === null || /^(utc|z|gmt|etc\/utc)$/i.test(zone)) return 0
  if (/^[+-]\d\d:?\d\d$/.test(zone)) return offsetOf(zone) * 60e6
  const quarter = Math.floor(epochMicroseconds / 900e6)
  let offsets = zones.get(zone)
  if (!offsets) zones.set(zone, (offsets = new Map()))
  let offset = offsets.get(quarter)
  if (offset === undefined) {
    if (offsets.size > 100_000) offsets.clear()
    offsets.set(quarter, (offset = lookUp(zone, quarter * 900)))
  }
  return offset
}

const zones = new Map<string, Map<number, number>>()
const formatters = new Map<string, Intl.DateTimeFormat>()

function lookUp(zone: string, seconds: number): number {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' })
    formatters.set(zone, formatter)
  }
  const shown = formatter.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours = '0', minutes = '0', rest = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(shown) ?? []
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) * 1e6
  return sign === '-' ? -offset : offset
}
