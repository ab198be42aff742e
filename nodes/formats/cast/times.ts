import { type Column, type ColumnType, isValid, type TimeUnit } from '@headrace/runtime/sdk'
import { isZone, wholeUnitsPerSecond as perSecond, zoneOffset } from '@headrace/runtime/time'
import { type Cast, rangeOf, valuesFor, withValues } from './numbers.ts'

/** Casts among date, time, timestamp and whole numbers (days, microseconds, the timestamp's unit); null where there is none. */
export function timeCast(from: ColumnType, to: ColumnType): Cast | null {
  if (from.kind === 'timestamp') {
    if (to.kind !== 'timestamp' && to.kind !== 'int' && from.zone && !isZone(from.zone)) return null
    if (to.kind === 'timestamp') return (scope, column, fail) => rescaleTime(scope, column, from.unit, to, fail)
    if (to.kind === 'date') {
      const zoneShift = shiftOf(from.zone)
      const perDay = perSecond[from.unit] * 86_400n
      return bigCast(to, (value) => floorDivide(value + zoneShift(value, from.unit), perDay))
    }
    if (to.kind === 'time') {
      const zoneShift = shiftOf(from.zone)
      const perDay = perSecond[from.unit] * 86_400n
      return bigCast(to, (value) => {
        const local = value + zoneShift(value, from.unit)
        return inUnit(local - floorDivide(local, perDay) * perDay, from.unit, 'us')
      })
    }
  }
  if (from.kind === 'date' && to.kind === 'timestamp') return bigCast(to, (days) => days * 86_400n * perSecond[to.unit])
  const timed = (type: ColumnType) => type.kind === 'date' || type.kind === 'time' || type.kind === 'timestamp'
  if (timed(from) && to.kind === 'int') return bigCast(to, (value) => value)
  if (from.kind === 'int' && timed(to)) return bigCast(to, (value) => value)
  return null
}

const rescaleTime = (
  scope: Parameters<Cast>[0],
  column: Column,
  from: TimeUnit,
  to: ColumnType & { kind: 'timestamp' },
  fail: Parameters<Cast>[2],
) =>
  from === to.unit ? { ...column, type: to } : bigCast(to, (value) => inUnit(value, from, to.unit))(scope, column, fail)

/** A count in another unit; a coarser one is rounded down. */
function inUnit(value: bigint, from: TimeUnit, to: TimeUnit): bigint {
  const [old, unit] = [perSecond[from], perSecond[to]]
  return unit >= old ? value * (unit / old) : floorDivide(value, old / unit)
}

/** Applies a function of whole numbers to a column, with the range of the new type. */
function bigCast(to: ColumnType, of: (value: bigint) => bigint): Cast {
  const bits = to.kind === 'date' ? 32 : 64
  const [least, most] = rangeOf(to.kind === 'int' ? to : { kind: 'int', bits, signed: true })
  const big = to.kind === 'int' ? to.bits === 64 : bits === 64
  return (scope, column, fail) => {
    const values = valuesFor(scope, to, column.length)
    const from = column.values as BigInt64Array | Int32Array
    for (let row = 0; row < column.length; row++) {
      if (!isValid(column, row)) continue
      const value = of(BigInt(from[row] as bigint | number))
      if (value < least || value > most) fail(row, `it is not between ${least} and ${most}`)
      else values[row] = big ? value : Number(value)
    }
    return withValues(column, to, values)
  }
}

/** How far a zone's clocks are from UTC at an instant, in the instant's unit. */
const shiftOf =
  (zone: string | null) =>
  (value: bigint, unit: TimeUnit): bigint =>
    !zone ? 0n : BigInt(zoneOffset(zone, Number(floorDivide(value, perSecond[unit])))) * perSecond[unit]

/** The whole part of a quotient, rounded down also below zero. */
function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}
