import { type ColumnType, typeName } from '../pipeline/types.ts'
import { isoDate, isoTime, microsecondsADay } from './calendar.ts'
import type { Value } from './tree.ts'

const perSecond = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n }

/** A value as text, the same on every machine and in every version: what `string` gives and `hash` hashes. */
export function textOf(value: Value, type: ColumnType): string {
  if (value === null) return 'null'
  switch (type.kind) {
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'date':
      return isoDate(value as number)
    case 'time':
      return isoTime(value as bigint, 'us')
    case 'timestamp':
      return timestampText(value as bigint, type)
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'list':
    case 'fixed':
      return `[${(value as readonly Value[]).map((item) => quoted(item, type.item)).join(',')}]`
    case 'struct':
      return `{${type.fields
        .map(
          ({ name, type }) => `${JSON.stringify(name)}:${quoted((value as Record<string, Value>)[name] ?? null, type)}`,
        )
        .join(',')}}`
    case 'float':
      return String((value as number) + 0)
    default:
      return String(value)
  }
}

function quoted(value: Value, type: ColumnType): string {
  const text = textOf(value, type)
  const plain = value === null || ['bool', 'int', 'float', 'list', 'fixed', 'struct'].includes(type.kind)
  return plain ? text : JSON.stringify(text)
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function timestampText(value: bigint, type: ColumnType & { kind: 'timestamp' }): string {
  const perDay = perSecond[type.unit] * 86_400n
  const ofDay = ((value % perDay) + perDay) % perDay
  const days = Number((value - ofDay) / perDay)
  return `${isoDate(days)}T${isoTime(ofDay, type.unit)}${type.zone === null ? '' : 'Z'}`
}

/** How many of a unit make up a microsecond (ns) or the other way round. */
export const unitsPerDay = (type: ColumnType): bigint =>
  type.kind === 'timestamp' ? perSecond[type.unit] * 86_400n : type.kind === 'date' ? 1n : BigInt(microsecondsADay)

/** A decimal as the nearest double. */
export function decimalNumber(unscaled: bigint, type: ColumnType): number {
  if (type.kind !== 'decimal') throw new TypeError(`${typeName(type)} is no decimal`)
  const small = unscaled < 9_007_199_254_740_992n && unscaled > -9_007_199_254_740_992n
  // Both exact as doubles: one correctly rounded division.
  if (small && type.scale >= 0 && type.scale <= 22) return Number(unscaled) / 10 ** type.scale
  return Number(`${unscaled}e${-type.scale}`)
}
