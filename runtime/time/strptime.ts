import { daysOf, digitsAt, fractionUpTo, type Moment, offsetUpTo, type ReadMoment } from './moment.ts'
import { isDigit } from './scan.ts'

/** A compiled format, and whether it says a day and a time of day. */
export interface Format {
  readonly read: ReadMoment
  readonly day: boolean
  readonly time: boolean
}

interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  afternoon: boolean | null
}

/** Reads one directive at `at`; where it ends, or -1. */
type Step = (bytes: Uint8Array, at: number, end: number, parts: Parts, into: Moment) => number

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const longMonths = ['january', 'february', 'march', 'april', 'may', 'june'].concat([
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
])
const expanded: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' }

const number =
  (key: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', least: number, most: number): Step =>
  (bytes, at, end, parts) => {
    let count = 0
    while (count < most && at + count < end && isDigit(bytes[at + count] as number)) count++
    if (count < least) return -1
    parts[key] = digitsAt(bytes, at, count)
    return at + count
  }

const wordAt = (bytes: Uint8Array, at: number, end: number): string => {
  let word = ''
  for (let i = at; i < end && ((bytes[i] as number) | 32) >= 97 && ((bytes[i] as number) | 32) <= 122; i++) {
    word += String.fromCharCode((bytes[i] as number) | 32)
  }
  return word
}

const steps: Readonly<Record<string, Step>> = {
  Y: number('year', 4, 4),
  m: number('month', 1, 2),
  d: number('day', 1, 2),
  e: (bytes, at, end, parts, into) => (steps['d'] as Step)(bytes, bytes[at] === 32 ? at + 1 : at, end, parts, into),
  H: number('hour', 1, 2),
  I: number('hour', 1, 2),
  M: number('minute', 1, 2),
  S: number('second', 1, 2),
  f: (bytes, at, end, _, into) => fractionUpTo(bytes, at, end, into),
  z: (bytes, at, end, _, into) => offsetUpTo(bytes, at, end, into),
  // POSIX: 69 to 99 are 1969 to 1999, 0 to 68 are 2000 to 2068.
  y: (bytes, at, end, parts) => {
    const year = at + 2 <= end ? digitsAt(bytes, at, 2) : Number.NaN
    parts.year = year + (year < 69 ? 2000 : 1900)
    return Number.isNaN(year) ? -1 : at + 2
  },
  b: (bytes, at, end, parts) => {
    const word = wordAt(bytes, at, end)
    const index = Math.max(months.indexOf(word), longMonths.indexOf(word))
    parts.month = index + 1
    return index < 0 ? -1 : at + word.length
  },
  p: (bytes, at, end, parts) => {
    const word = wordAt(bytes, at, end)
    parts.afternoon = word === 'pm'
    return word === 'am' || word === 'pm' ? at + 2 : -1
  },
}

const literal =
  (byte: number): Step =>
  (bytes, at, end) =>
    at < end && bytes[at] === byte ? at + 1 : -1

/**
 * Compiles a strptime format: %Y %y %m %b (%B, %h) %d %e %H %I %M %S %f %p %z %F %T %R %D %%. Days, months and hours
 * may lack their leading zero. Names of months are English. A string instead of a format says what is wrong with it.
 */
export function strptime(format: string): Format | string {
  const list: Step[] = []
  const used = new Set<string>()
  const whole = Array.from(format.replace(/%([FTRD])/g, (_, letter: string) => expanded[letter] as string))
  for (let i = 0; i < whole.length; i++) {
    if (whole[i] !== '%') {
      for (const byte of Buffer.from(whole[i] as string)) list.push(literal(byte))
      continue
    }
    const letter = whole[++i] ?? ''
    const name = letter === 'B' || letter === 'h' ? 'b' : letter
    const step = name === '%' ? literal(37) : Object.hasOwn(steps, name) ? steps[name] : undefined
    if (!step) return `"%${letter}" is no directive of a date format`
    used.add(name)
    list.push(step)
  }
  const has = (...names: string[]) => names.some((name) => used.has(name))
  const day = has('d', 'e') && has('m', 'b') && has('Y', 'y')
  const time = has('H', 'I')
  if (!day && !time) return 'it names neither a whole day (%Y, %m, %d) nor an hour (%H)'
  return { read: reader(list), day, time }
}

function reader(list: readonly Step[]): ReadMoment {
  const parts: Parts = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, afternoon: null }
  return (bytes, start, end, into) => {
    into.offset = Number.NaN
    into.nanos = parts.hour = parts.minute = parts.second = 0
    parts.afternoon = null
    let at = start
    for (const step of list) {
      at = step(bytes, at, end, parts, into)
      if (at < 0) return false
    }
    if (at !== end || !(parts.hour < 24 && parts.minute < 60 && parts.second < 60)) return false
    if (parts.afternoon !== null) {
      if (parts.hour < 1 || parts.hour > 12) return false
      parts.hour = (parts.hour % 12) + (parts.afternoon ? 12 : 0)
    }
    into.days = daysOf(parts.year, parts.month, parts.day)
    into.seconds = parts.hour * 3600 + parts.minute * 60 + parts.second
    return !Number.isNaN(into.days)
  }
}
