import { daysOf } from './calendar.ts'
import { digitsAt, fractionUpTo, type Moment, offsetUpTo, type ReadMoment } from './moment.ts'

/** A compiled format, and the directives in it by their letters (`%F` and the like written out). */
export interface DateFormat {
  readonly read: ReadMoment
  readonly directives: ReadonlySet<string>
}

interface Parts {
  year: number
  month: number
  day: number
  dayOfYear: number
  hour: number
  minute: number
  second: number
  afternoon: boolean | null
}

/** Reads one directive at `at`; where it ends, or -1. */
type Step = (bytes: Uint8Array, at: number, end: number, parts: Parts, into: Moment) => number

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september'].concat([
  'october',
  'november',
  'december',
])
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const shorthands: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' }

const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

/** A number of at most `digits` digits between `least` and `most`; a digit that would exceed `most` is left for what follows. */
const number =
  (key: Exclude<keyof Parts, 'afternoon'>, digits: number, least: number, most: number): Step =>
  (bytes, at, end, parts) => {
    let value = 0
    let next = at
    for (; next < end && next < at + digits; next++) {
      const digit = (bytes[next] as number) - 48
      if (!(digit >= 0 && digit <= 9) || value * 10 + digit > most) break
      value = value * 10 + digit
    }
    if (next === at || value < least) return -1
    parts[key] = value
    return next
  }

/** Whether a word's first `length` letters stand at `at`, in any case. */
function isWord(bytes: Uint8Array, at: number, end: number, word: string, length = word.length): boolean {
  if (at + length > end) return false
  for (let i = 0; i < length; i++) if (((bytes[at + i] as number) | 32) !== word.charCodeAt(i)) return false
  return true
}

/** A word of a list, whole or its first three letters. */
const name =
  (words: readonly string[], set: (parts: Parts, index: number) => void): Step =>
  (bytes, at, end, parts) => {
    for (let index = 0; index < words.length; index++) {
      const word = words[index] as string
      if (!isWord(bytes, at, end, word, 3)) continue
      set(parts, index)
      return at + (isWord(bytes, at, end, word) ? word.length : 3)
    }
    return -1
  }

const dayOfMonth = number('day', 2, 1, 31)
const month = name(months, (parts, index) => {
  parts.month = index + 1
})
const weekday = name(weekdays, () => {})
const day: Step = (bytes, at, end, parts, into) => dayOfMonth(bytes, bytes[at] === 32 ? at + 1 : at, end, parts, into)

const steps: Readonly<Record<string, Step>> = {
  Y: (bytes, at, end, parts) => {
    parts.year = at + 4 <= end ? digitsAt(bytes, at, 4) : Number.NaN
    return Number.isNaN(parts.year) ? -1 : at + 4
  },
  // POSIX: 69 to 99 are 1969 to 1999, 0 to 68 are 2000 to 2068.
  y: (bytes, at, end, parts) => {
    const year = at + 2 <= end ? digitsAt(bytes, at, 2) : Number.NaN
    parts.year = year + (year < 69 ? 2000 : 1900)
    return Number.isNaN(year) ? -1 : at + 2
  },
  m: number('month', 2, 1, 12),
  d: day,
  e: day,
  j: number('dayOfYear', 3, 1, 366),
  b: month,
  B: month,
  h: month,
  a: weekday,
  A: weekday,
  H: number('hour', 2, 0, 23),
  I: number('hour', 2, 1, 12),
  M: number('minute', 2, 0, 59),
  S: number('second', 2, 0, 59),
  f: (bytes, at, end, _, into) => fractionUpTo(bytes, at, end, into),
  p: (bytes, at, end, parts) => {
    parts.afternoon = isWord(bytes, at, end, 'pm')
    return parts.afternoon || isWord(bytes, at, end, 'am') ? at + 2 : -1
  },
  z: (bytes, at, end, _, into) => offsetUpTo(bytes, at, end, into),
  Z: (bytes, at, end, _, into) => {
    if (Number.isNaN(into.offset)) into.offset = 0
    if (isWord(bytes, at, end, 'utc') || isWord(bytes, at, end, 'gmt')) return at + 3
    return isWord(bytes, at, end, 'z') ? at + 1 : -1
  },
}

const blanks: Step = (bytes, at, end) => {
  let next = at
  while (next < end && isBlank(bytes[next] as number)) next++
  return next === at ? -1 : next
}

/** A byte of the format itself; a letter in any case. */
function literal(byte: number): Step {
  const lower = byte | 32
  if (lower < 97 || lower > 122) return (bytes, at, end) => (at < end && bytes[at] === byte ? at + 1 : -1)
  return (bytes, at, end) => (at < end && ((bytes[at] as number) | 32) === lower ? at + 1 : -1)
}

/**
 * Compiles a format of strptime, `%d.%m.%Y %H:%M`. Numbers may lack their leading zeros, names are English, a blank
 * stands for any number of them, what is not said is that of 1900-01-01 00:00. A text says what is wrong with a format.
 */
export function strptime(format: string): DateFormat | string {
  const known = formats.get(format)
  if (known) return known
  const list: Step[] = []
  const directives = new Set<string>()
  const whole = format.replace(/%([FTRD])/g, (_, letter: string) => shorthands[letter] as string)
  for (const [found, letter] of whole.matchAll(/%-?(.?)|\s+|[^%\s]+/gu)) {
    const step = letter !== undefined && Object.hasOwn(steps, letter) ? steps[letter] : undefined
    if (step) {
      directives.add(letter as string)
      list.push(step)
    } else if (letter === '%') list.push(literal(37))
    else if (letter !== undefined) {
      const all = [...Object.keys(steps), ...Object.keys(shorthands)].map((one) => `%${one}`).join(' ')
      return `"${found}" is no part of a date format; there are ${all}`
    } else if (found.trim() === '') list.push(blanks)
    else for (const byte of Buffer.from(found)) list.push(literal(byte))
  }
  const compiled = { read: reader(list), directives }
  if (formats.size > 100) formats.clear()
  formats.set(format, compiled)
  return compiled
}

const formats = new Map<string, DateFormat>()

function reader(list: readonly Step[]): ReadMoment {
  const parts: Parts = { year: 1900, month: 1, day: 1, dayOfYear: 0, hour: 0, minute: 0, second: 0, afternoon: null }
  return (bytes, start, end, into) => {
    into.offset = Number.NaN
    parts.year = 1900
    parts.month = parts.day = 1
    into.nanos = parts.dayOfYear = parts.hour = parts.minute = parts.second = 0
    parts.afternoon = null
    let at = start
    for (const step of list) {
      at = step(bytes, at, end, parts, into)
      if (at < 0) return false
    }
    return at === end && finish(parts, into)
  }
}

/** The parts as a moment; false where there is no such day or hour. */
function finish(parts: Parts, into: Moment): boolean {
  const { year, month, day, dayOfYear, afternoon } = parts
  let { hour } = parts
  if (afternoon !== null) {
    if (hour < 1 || hour > 12) return false
    hour = (hour % 12) + (afternoon ? 12 : 0)
  }
  into.days = daysOf(year, month, day)
  into.seconds = hour * 3600 + parts.minute * 60 + parts.second
  if (dayOfYear === 0) return !Number.isNaN(into.days)
  into.days = daysOf(year, 1, 1) + dayOfYear - 1
  return into.days < daysOf(year + 1, 1, 1)
}
