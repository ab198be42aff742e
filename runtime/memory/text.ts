import type { ColumnType } from '../pipeline/types.ts'
import { type Column, valueAt } from './column.ts'

/**
 * One value as JSON text: int64 with all its digits, decimal as a string, dates and times as ISO 8601, binary as
 * base64, NaN and infinities as null.
 */
export function jsonText(column: Column, row: number): string {
  return jsonOf(column.type, valueAt(column, row))
}

/** A plain value of a type (as `valueAt` gives it) as JSON text. */
export function jsonOf(type: ColumnType, value: unknown): string {
  if (value === null || value === undefined) return 'null'
  switch (type.kind) {
    case 'int':
      return String(value)
    case 'float':
      return floatText(value as number, type.bits)
    case 'decimal':
      return `"${decimalText(value as bigint, type.scale)}"`
    case 'date':
      return `"${dateText(value as number)}"`
    case 'time':
      return `"${timeText(value as bigint)}"`
    case 'timestamp':
      return `"${timestampText(value as bigint, type.unit, type.zone !== null)}"`
    case 'binary':
      return `"${Buffer.from(value as Uint8Array).toString('base64')}"`
    case 'list':
    case 'fixed':
      return `[${(value as unknown[]).map((item) => jsonOf(type.item, item)).join(',')}]`
    case 'struct': {
      const entries = type.fields.map(
        ({ name, type: inner }) => `${JSON.stringify(name)}:${jsonOf(inner, (value as Record<string, unknown>)[name])}`,
      )
      return `{${entries.join(',')}}`
    }
    default:
      return JSON.stringify(value)
  }
}

/** The shortest text that reads back as the same float of that width; null where JSON has none. */
export function floatText(value: number, bits: 16 | 32 | 64): string {
  if (!Number.isFinite(value)) return 'null'
  if (bits === 64) return String(value)
  const same = bits === 32 ? Math.fround : Math.f16round
  for (let digits = bits === 32 ? 6 : 3; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits))
    if (same(short) === value) return String(short)
  }
  return String(value)
}

export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Days since 1970 as `2026-01-31`. */
export function dateText(days: number): string {
  return isoDay(days * 86_400_000)
}

/** Microseconds since midnight as `13:05:00`, with a fraction where there is one. */
export function timeText(micros: bigint): string {
  return clockText(micros, 6)
}

/** A timestamp as `2026-01-31T13:05:00.5`, with `Z` where it has a zone (it counts from UTC then). */
export function timestampText(value: bigint, unit: 's' | 'ms' | 'us' | 'ns', zoned: boolean): string {
  const digits = { s: 0, ms: 3, us: 6, ns: 9 }[unit]
  const perDay = 86_400n * 10n ** BigInt(digits)
  let days = value / perDay
  if (value % perDay < 0n) days -= 1n
  return `${isoDay(Number(days) * 86_400_000)}T${clockText(value - days * perDay, digits)}${zoned ? 'Z' : ''}`
}

function clockText(ticks: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits)
  const seconds = Number(ticks / perSecond)
  const two = (number: number) => String(number).padStart(2, '0')
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const fraction =
    digits === 0
      ? ''
      : String(ticks % perSecond)
          .padStart(digits, '0')
          .replace(/0+$/, '')
  return fraction ? `${clock}.${fraction}` : clock
}

/** A day as ISO 8601: four digits of year, or a sign and six outside 0 to 9999. */
function isoDay(millis: number): string {
  const date = new Date(millis)
  if (Number.isNaN(date.getTime())) return String(millis / 86_400_000)
  return date.toISOString().split('T')[0] as string
}

/** One row as a JSON object. */
export function rowText(
  fields: readonly { name: string; type: ColumnType }[],
  columns: readonly Column[],
  row: number,
): string {
  return `{${fields.map((field, i) => `${JSON.stringify(field.name)}:${jsonText(columns[i] as Column, row)}`).join(',')}}`
}
