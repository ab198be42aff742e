import { type ColumnType, typeName } from '../pipeline/types.ts'
import { type TextBuffer, textBy } from '../text/buffer.ts'
import { decimalText } from '../text/numbers.ts'
import { writeClock, writeDate, writeTimestamp } from '../text/times.ts'
import { wholeUnitsPerSecond } from '../time/calendar.ts'
import type { Value } from './tree.ts'

const fractionDigits = { s: 0, ms: 3, us: 6, ns: 9 }

/** A value as text, the same on every machine and in every version: what `string` gives and `hash` hashes. */
export function textOf(value: Value, type: ColumnType): string {
  if (value === null) return 'null'
  switch (type.kind) {
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'date':
      return textBy((out) => writeDate(out, value as number))
    case 'time':
      return textBy((out) => writeTime(out, Number(value)))
    case 'timestamp':
      return textBy((out) =>
        writeTimestamp(out, value as bigint, type.unit, type.zone !== null, fractionDigits[type.unit]),
      )
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

const writeTime = (out: TextBuffer, microseconds: number): void =>
  writeClock(out, Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1e3, fractionDigits.us)

/** How many of a unit make up a microsecond (ns) or the other way round. */
export const unitsPerDay = (type: ColumnType): bigint =>
  type.kind === 'timestamp' ? wholeUnitsPerSecond[type.unit] * 86_400n : type.kind === 'date' ? 1n : 86_400_000_000n

/** A decimal as the nearest double. */
export function decimalNumber(unscaled: bigint, type: ColumnType): number {
  if (type.kind !== 'decimal') throw new TypeError(`${typeName(type)} is no decimal`)
  const small = unscaled < 9_007_199_254_740_992n && unscaled > -9_007_199_254_740_992n
  // Both exact as doubles: one correctly rounded division.
  if (small && type.scale >= 0 && type.scale <= 22) return Number(unscaled) / 10 ** type.scale
  return Number(`${unscaled}e${-type.scale}`)
}
