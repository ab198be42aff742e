import { type Column, columnOf, type Scope, valueAt } from '../memory/index.ts'
import { type ColumnType, sameType } from '../pipeline/types.ts'
import { wholeUnitsPerSecond } from '../time/calendar.ts'

/** How one value becomes one of a wider type; null stays null. */
type Widening = (value: never) => unknown

/**
 * How values of a type become values of a wider one; null where the other type is not wider. Whole numbers become wider
 * ones, floats (beyond 2^53 the nearest) and decimals; floats and decimals wider ones of their kind; a date its midnight;
 * a timestamp one of a finer unit.
 */
export function widening(from: ColumnType, to: ColumnType): Widening | null {
  if (sameType(from, to)) return same
  if (from.kind === 'null') return same
  if (from.kind === 'int') return fromInt(from, to)
  if (from.kind === 'float') return to.kind === 'float' && to.bits > from.bits ? same : null
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    const more = to.scale - from.scale
    const factor = 10n ** BigInt(Math.max(0, more))
    return more >= 0 && to.precision - from.precision >= more ? (value: bigint) => value * factor : null
  }
  if (from.kind === 'date' && to.kind === 'timestamp' && to.zone === null) {
    const units = wholeUnitsPerSecond[to.unit] * 86_400n
    return (value: number) => BigInt(value) * units
  }
  if (from.kind === 'timestamp' && to.kind === 'timestamp' && (from.zone === null) === (to.zone === null)) {
    const [a, b] = [wholeUnitsPerSecond[from.unit], wholeUnitsPerSecond[to.unit]]
    return b >= a ? (value: bigint) => value * (b / a) : null
  }
  return null
}

const same = (value: unknown): unknown => value

function fromInt(from: ColumnType & { kind: 'int' }, to: ColumnType): Widening | null {
  if (to.kind === 'float') return to.bits === 64 || (to.bits === 32 && from.bits <= 16) ? Number : null
  if (to.kind === 'decimal') {
    const digits = { 8: 3, 16: 5, 32: 10, 64: from.signed ? 19 : 20 }[from.bits]
    const factor = 10n ** BigInt(Math.max(0, to.scale))
    return to.scale >= 0 && to.precision - to.scale >= digits
      ? (value: number | bigint) => BigInt(value) * factor
      : null
  }
  if (to.kind !== 'int' || to.bits <= from.bits || (from.signed && !to.signed)) return null
  return to.bits === 64 ? BigInt : same
}

/** A column in a wider type. */
export function widened(scope: Scope, column: Column, to: ColumnType): Column {
  if (sameType(column.type, to)) return column
  const widen = widening(column.type, to) as ((value: unknown) => unknown) | null // each takes its own type's values
  if (!widen) throw new TypeError('the type is not wider')
  const values = Array.from({ length: column.length }, (_, row) => {
    const value = valueAt(column, row)
    return value === null ? null : widen(value)
  })
  return columnOf(scope, to, values)
}
