import type { ColumnType } from '../pipeline/types.ts'
import { typeName } from '../pipeline/types.ts'
import { wholeUnitsPerSecond } from '../time/calendar.ts'
import { isoTimeCut, isoTimestampCut, type Moment, newMoment } from '../time/moment.ts'
import { isFarOff } from './times.ts'

/**
 * A value of a column from JSON as `jsonWriter` writes it, in the form that `columnOf` takes: decimals, times and
 * bytes from texts, whole numbers with all their digits. Throws a TypeError where it is no value of the type.
 */
export function valueFromJson(type: ColumnType, json: unknown): unknown {
  if (json === null || json === undefined) return null
  const value = readValue(type, json)
  if (value === undefined) throw new TypeError(`${written(json)} is no ${typeName(type)}`)
  return value
}

/** Undefined: it does not fit. */
function readValue(type: ColumnType, json: unknown): unknown {
  if (typeof json === 'bigint' || Number.isSafeInteger(json)) {
    const whole = json as number | bigint // as the line above says
    if (isFarOff(type, whole)) return farOff(type, BigInt(whole))
  }
  switch (type.kind) {
    case 'null':
      return undefined
    case 'bool':
      return typeof json === 'boolean' ? json : undefined
    case 'string':
      return typeof json === 'string' ? json : undefined
    case 'int':
      return readInteger(type, json)
    case 'float':
      return readFloat(json)
    case 'decimal':
      return readDecimal(String(json), type.precision, type.scale)
    case 'binary':
      return typeof json === 'string' ? Buffer.from(json, 'base64') : undefined
    case 'date':
      return readDate(json)
    case 'time':
      return readMoment(json, isoTimeCut, ({ seconds, nanos }) => BigInt(seconds) * 1_000_000n + BigInt(nanos) / 1000n)
    case 'timestamp':
      return readMoment(json, isoTimestampCut, (moment) => timestampOf(moment, type))
    case 'list':
    case 'fixed':
      if (!Array.isArray(json) || (type.kind === 'fixed' && json.length !== type.size)) return undefined
      return json.map((item) => valueFromJson(type.item, item))
    case 'struct': {
      if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
      const given = new Map(Object.entries(json))
      return Object.fromEntries(
        type.fields.map((field) => [field.name, valueFromJson(field.type, given.get(field.name))]),
      )
    }
  }
}

/** A moment whose year is too long for a text, as the whole number that it is. */
function farOff({ kind }: ColumnType, value: bigint): number | bigint | undefined {
  const bits = kind === 'date' ? 32 : 64
  if (BigInt.asIntN(bits, value) !== value) return undefined
  return kind === 'date' ? Number(value) : value
}

function readInteger(type: ColumnType & { kind: 'int' }, json: unknown): number | bigint | undefined {
  const whole =
    typeof json === 'bigint' || Number.isSafeInteger(json) || (typeof json === 'string' && /^[+-]?\d+$/.test(json))
  if (!whole) return undefined
  const value = BigInt(json as string | number | bigint)
  const fits = type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value)
  if (fits !== value) return undefined
  return type.bits === 64 ? value : Number(value)
}

function readFloat(json: unknown): number | undefined {
  if (typeof json === 'number' || typeof json === 'bigint') return Number(json)
  if (typeof json !== 'string' || json.trim() === '') return undefined
  const value = Number(json)
  return Number.isNaN(value) && json !== 'NaN' ? undefined : value
}

function readDecimal(text: string, precision: number, scale: number): bigint | undefined {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (!parts || !(parts[2] || parts[3])) return undefined
  const [, sign, whole = '', fraction = ''] = parts
  const kept = fraction.replace(/0+$/, '')
  if (kept.length > Math.max(0, scale)) return undefined
  const digits = BigInt(whole + kept.padEnd(Math.max(0, scale), '0'))
  const unscaled = scale < 0 ? digits / 10n ** BigInt(-scale) : digits
  if (unscaled >= 10n ** BigInt(precision)) return undefined
  return sign === '-' ? -unscaled : unscaled
}

function readDate(json: unknown): number | undefined {
  const days = readMoment(json, isoTimestampCut, ({ days, seconds, nanos }) => (seconds || nanos ? undefined : days))
  return typeof days === 'number' ? days : undefined
}

function readMoment<T>(json: unknown, read: typeof isoTimestampCut, use: (moment: Moment) => T): T | undefined {
  if (typeof json !== 'string') return undefined
  const bytes = Buffer.from(json)
  const moment = newMoment()
  if (!read(bytes, 0, bytes.length, moment) || Number.isNaN(moment.days)) return undefined
  return use(moment)
}

function timestampOf(moment: Moment, { unit, zone }: ColumnType & { kind: 'timestamp' }): bigint | undefined {
  // A timestamp with a zone is an instant; without an offset nobody knows which.
  if ((zone === null) !== Number.isNaN(moment.offset)) return undefined
  const minutes = Number.isNaN(moment.offset) ? 0 : moment.offset
  const seconds = BigInt(moment.days) * 86_400n + BigInt(moment.seconds) - BigInt(minutes) * 60n
  const units = wholeUnitsPerSecond[unit]
  return seconds * units + (BigInt(moment.nanos) * units) / 1_000_000_000n
}

function written(json: unknown): string {
  if (typeof json === 'bigint') return String(json)
  const text = JSON.stringify(json) ?? String(json)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
