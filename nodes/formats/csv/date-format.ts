import { type ReadMoment, strptime } from '@headrace/runtime/time'

/** A compiled format of dates, and what it says: a whole day, a time of day, the offset from UTC. */
export interface CsvDateFormat {
  readonly read: ReadMoment
  readonly day: boolean
  readonly time: boolean
  readonly zoned: boolean
}

/** Compiles a strptime format; a text says why it gives neither dates nor times. */
export function dateFormatOf(format: string): CsvDateFormat | string {
  const compiled = strptime(format)
  if (typeof compiled === 'string') return compiled
  const has = (...letters: string[]) => letters.some((letter) => compiled.directives.has(letter))
  const day = has('Y', 'y') && (has('j') || (has('d', 'e') && has('m', 'b', 'B', 'h')))
  const time = has('H', 'I')
  if (!day && !time) return 'it names neither a whole day (%Y, %m, %d) nor an hour (%H)'
  return { read: compiled.read, day, time, zoned: has('z', 'Z') }
}

const letters: Readonly<Record<string, string>> = {
  Y: 'yyyy',
  y: 'yy',
  m: 'mm',
  b: 'mmm',
  B: 'month',
  d: 'dd',
  e: 'd',
  H: 'hh',
  I: 'hh',
  M: 'mm',
  S: 'ss',
  p: 'am/pm',
  z: '+hhmm',
  T: 'hh:mm:ss',
  F: 'yyyy-mm-dd',
}

/** A format for people and as a setting takes it: `dd.mm.yyyy (%d.%m.%Y)`. */
export function dateInLetters(format: string): string {
  const said = format.replace(/%([a-zA-Z])/g, (directive, letter: string) => letters[letter] ?? directive)
  return `${said} (${format})`
}
