import { type ColumnType, types } from '../../pipeline/types.ts'
import { partOfDay } from '../../time/calendar.ts'
import { isoTimestamp, newMoment, type ReadMoment } from '../../time/moment.ts'
import { type DateFormat, strptime } from '../../time/strptime.ts'
import { zoneOffset } from '../../time/zone.ts'
import { convert, convertMoment } from '../convert.ts'
import { type ExpressionFunction, literal, literalOf, optional, parameter } from '../function.ts'
import { RowFailure, type Value } from '../tree.ts'
import { shown } from './numbers.ts'

const day = [{ name: 'day', type: types.date }]
const since1970 = 19_860

/** Functions of dates and timestamps. */
export const dateFunctions: readonly ExpressionFunction[] = [
  {
    name: 'date',
    signature: 'date(text, format?)',
    description:
      'A date from a text by a strptime format (`%d.%m.%Y`), or a timestamp where the format has a time of day; without a format from ISO 8601, or the day of a timestamp. What does not fit rejects the row.',
    example: { expression: 'string(date("17.05.2024", "%d.%m.%Y"))', result: '2024-05-17' },
    parameters: [
      parameter.of('text', 'a text, date or timestamp', 'string', 'date', 'timestamp'),
      optional(literal(parameter.text('format'))),
    ],
    result: (args) => {
      if (!args[1]) return types.date
      if (args[0]?.type.kind !== 'string' && args[0]?.type.kind !== 'null')
        return new RowFailure('wrong-type', 'date with a format reads a text')
      const format = strptime(literalOf(args[1]) as string)
      if (typeof format === 'string') return new RowFailure('bad-format', format)
      return hasTime(format) ? types.timestamp : types.date
    },
    value: ([value, format], { types: [type] }) => {
      if (format !== undefined) return readDate(value as string, format as string)
      if (typeof value !== 'string') return dayOf(value as bigint, type as ColumnType)
      const good = readText(value, isoTimestamp)
      const timed = good && value.includes(':')
      if (good && !timed) return moment.days
      const advice = timed ? '; timestamp() reads a date with a time' : ', or give a format'
      return new RowFailure('not-a-date', `${shown(value)} is not a date; write 2024-05-17${advice}`)
    },
  },
  {
    name: 'timestamp',
    signature: 'timestamp(text)',
    description:
      'A timestamp from an ISO 8601 text (in UTC where the text has an offset), or the midnight of a date; what is none rejects the row.',
    example: { expression: 'timestamp("2024-05-17T12:30:00+02:00") > timestamp("2024-05-17 10:29:59")', result: true },
    parameters: [parameter.of('text', 'a text, date or timestamp', 'string', 'date', 'timestamp')],
    result: types.timestamp,
    becomes: ([value]) => (value && value.type.kind !== 'string' ? convert(value, types.timestamp) : null),
    value: ([value]) => {
      if (readText(value as string, isoTimestamp)) return microseconds()
      return new RowFailure('not-a-date', `${shown(value as string)} is not a timestamp as 2024-05-17T12:30:00`)
    },
  },
  ...(['year', 'month', 'day'] as const).map(
    (part): ExpressionFunction => ({
      name: part,
      signature: `${part}(date)`,
      description: `The ${part}${part === 'year' ? '' : ', from 1,'} of a date, or of a timestamp in its own zone.`,
      example: {
        expression: `${part}(day)`,
        columns: day,
        row: { day: since1970 },
        result: { year: 2024n, month: 5n, day: 17n }[part],
      },
      parameters: [parameter.day('date')],
      result: types.int64,
      value: ([value], { types: [type] }) => BigInt(partOfDay(dayOf(value as bigint, type as ColumnType), part)),
    }),
  ),
  {
    name: 'hour',
    signature: 'hour(timestamp)',
    description: 'The hour, 0 to 23, of a timestamp in its own zone.',
    example: { expression: 'hour(timestamp("2024-05-17T12:30:00"))', result: 12n },
    parameters: [parameter.of('timestamp', 'a timestamp', 'timestamp')],
    result: types.int64,
    value: ([value], { types: [type] }) => {
      const local = localMicroseconds(value as bigint, type as ColumnType)
      return BigInt(Math.floor((local - Math.floor(local / microsecondsADay) * microsecondsADay) / 3.6e9))
    },
  },
  {
    name: 'now',
    signature: 'now()',
    description: 'The time at which the run began, in UTC; the same in every row.',
    example: { expression: 'now() == now() && year(now()) > 2000', result: true },
    parameters: [],
    result: types.timestamp,
    value: (_, { now }) => BigInt(now.getTime()) * 1000n,
  },
]

function readDate(text: string, source: string): Value | RowFailure {
  const format = strptime(source)
  if (typeof format === 'string') return new RowFailure('bad-format', format)
  if (readText(text, format.read)) return hasTime(format) ? microseconds() : moment.days
  return new RowFailure('not-a-date', `${shown(text)} is no date of the format ${shown(source)}`)
}

const timeOfDay = ['H', 'I', 'M', 'S', 'f', 'p', 'z']
const hasTime = ({ directives }: DateFormat): boolean => timeOfDay.some((letter) => directives.has(letter))

/** What was read last. */
const moment = newMoment()

/** Reads a text into `moment`; false where it is not written so. */
function readText(text: string, read: ReadMoment): boolean {
  const bytes = Buffer.from(text.trim())
  return read(bytes, 0, bytes.length, moment)
}

/** The moment in UTC; without an offset it is taken as UTC. */
function microseconds(): bigint {
  const seconds = moment.days * 86_400 + moment.seconds - (moment.offset || 0) * 60
  return BigInt(seconds) * 1_000_000n + BigInt(Math.floor(moment.nanos / 1000))
}

const microsecondsADay = 86_400_000_000

/** The day since 1970 of a date or timestamp, in the timestamp's zone. */
function dayOf(value: bigint | number, type: ColumnType): number {
  if (type.kind === 'date') return Number(value)
  return Math.floor(localMicroseconds(value as bigint, type) / microsecondsADay)
}

function localMicroseconds(value: bigint, type: ColumnType): number {
  const micro = convertMoment(value, type, { kind: 'timestamp', unit: 'us', zone: null })
  const number = Number(micro instanceof RowFailure ? value : micro)
  return number + zoneOffset(type.kind === 'timestamp' ? type.zone : null, number / 1e6) * 1e6
}
