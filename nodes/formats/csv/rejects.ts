import { type SourceReject, typeName } from '@headrace/runtime/sdk'
import { type ColumnPlan, type Dialect, inWords, longestRaw } from './dialect.ts'
import { textOf } from './head.ts'
import type { BadRecord } from './records.ts'
import { decimalNumber, hasLeadingZero } from './scan.ts'
import type { Window } from './window.ts'

/** What is known where a reject is made: the file, its bytes and how they are read. */
export interface Reading {
  readonly path: string
  readonly window: Window
  readonly dialect: Dialect
  readonly width: number
  readonly maxRowBytes: number
}

/** The place of a record: its number in the file, its line, its bytes in the window. */
export interface RecordPlace {
  readonly record: number
  readonly line: number
  readonly start: number
  readonly end: number
}

/** A record that is no row, as a reject. */
export function rejectRecord(reading: Reading, bad: BadRecord): SourceReject {
  return reject(reading, bad, bad.code, `: ${describe(reading, bad)}`)
}

function describe({ dialect, width, maxRowBytes, window }: Reading, bad: BadRecord): string {
  const quote = String.fromCharCode(dialect.quote)
  const delimiter = inWords(String.fromCharCode(dialect.delimiter))
  switch (bad.code) {
    case 'ragged-row': {
      const count = `${bad.fields} ${bad.fields === 1 ? 'field' : 'fields'} where there are ${width} columns.`
      return `${count} Quote fields that hold a ${delimiter}, or correct the line.`
    }
    case 'unclosed-quote':
      return `a field opens with a quote (${quote}) that is not closed. Close it, or set quote to "" where quotes mean nothing.`
    case 'text-after-quote':
      return `there is text after a closing quote (${quote}). Write a quote inside a quoted field twice.`
    case 'row-too-large': {
      const [from, to] = [bad.start, bad.end].map((at) => window.byteAt(at).toLocaleString('en'))
      // The end of one that is passed by was not seen.
      const place = bad.fields === 0 ? `from byte ${from} on` : `bytes ${from} to ${to}`
      return `the row (${place}) has more than ${maxRowBytes.toLocaleString('en')} bytes. Set --memory higher, or look for a missing line end.`
    }
  }
}

/** A row with bytes that its encoding does not know. */
export function rejectBytes(reading: Reading, place: RecordPlace, column: string | undefined): SourceReject {
  const { encoding } = reading.dialect
  const other = encoding === 'utf-8' ? 'windows-1252' : 'latin1'
  const message = `: there are bytes that are not ${encoding}. Set encoding to "${other}", or mend the text.`
  return reject(reading, place, 'invalid-bytes', message, column)
}

/** A row in which one field, between `start` and `end`, is no value of its column's type. */
export function rejectValue(
  reading: Reading,
  place: RecordPlace,
  plan: ColumnPlan,
  start: number,
  end: number,
): SourceReject {
  const { bytes } = reading.window
  const text = textOf(bytes, start, Math.min(end, start + 80), reading.dialect.encoding) + (end > start + 80 ? '…' : '')
  const [code, wrong] = whatIsWrong(bytes, start, end, plan, reading.dialect)
  return reject(reading, place, code, `: "${text}" ${wrong}`, plan.name)
}

function whatIsWrong(bytes: Buffer, start: number, end: number, plan: ColumnPlan, dialect: Dialect): [string, string] {
  const { type } = plan
  const asString = `types to {${JSON.stringify(plan.name)}: "string"}.`
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'decimal': {
      if (plan.inferred && hasLeadingZero(bytes, start, end)) {
        return ['bad-number', `begins with a zero that a number would lose. Set ${asString}`]
      }
      const other = dialect.decimal === '.' ? ',' : '.'
      const isNumber = !Number.isNaN(decimalNumber(bytes, start, end, dialect.decimal.charCodeAt(0)))
      if (isNumber)
        return ['bad-number', `is not a value of ${typeName(type)}. Set types to a wider type, or ${asString}`]
      const hint = Number.isNaN(decimalNumber(bytes, start, end, other.charCodeAt(0)))
        ? `Set ${asString}`
        : `Set decimal to "${other}", or ${asString}`
      return ['bad-number', `is not a number. ${hint}`]
    }
    case 'bool':
      return ['bad-bool', `is neither true nor false. Set ${asString}`]
    case 'date':
      return ['bad-date', `is not a date (${plan.format ?? 'year-month-day'}). Set dateFormat, or ${asString}`]
    case 'time':
      return ['bad-time', `is not a time (hours:minutes:seconds). Set ${asString}`]
    case 'timestamp': {
      const zone = type.zone === null ? ' without an offset' : dialect.timezone ? '' : ' with an offset'
      const format = plan.format ?? `ISO 8601${zone}, no finer than ${type.unit}`
      return ['bad-timestamp', `is not a timestamp (${format}). Set dateFormat, timezone, or ${asString}`]
    }
    default:
      return ['bad-value', `is not ${type.kind === 'binary' ? 'base64' : `a ${typeName(type)}`}. Set ${asString}`]
  }
}

function reject(
  { path, window, dialect }: Reading,
  { record, line, start, end }: RecordPlace,
  code: string,
  message: string,
  column?: string,
): SourceReject {
  const where = column === undefined ? '' : `, column "${column}"`
  return {
    path,
    row: record,
    line,
    byte: window.byteAt(start),
    raw: textOf(window.bytes, start, Math.min(end, start + longestRaw), dialect.encoding),
    code,
    message: `${path} line ${line}${where}${message}`,
    ...(column !== undefined && { column }),
  }
}

/** The test for bytes that an encoding does not know; null for one that knows all. */
export function undefinedBytes(encoding: Dialect['encoding']): ((bytes: Uint8Array) => boolean) | null {
  if (encoding !== 'windows-1252') return null
  return (bytes) =>
    bytes.some((byte) => byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d)
}
