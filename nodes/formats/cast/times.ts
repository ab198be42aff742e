import { type Column, type ColumnType, isValid, type TimeUnit } from '@headrace/runtime/sdk'
import { type Cast, rangeOf, valuesFor, withValues } from './numbers.ts'
import { floorDivide, perSecond } from './time.ts'

/** Casts among date, time, timestamp and whole numbers (days, microseconds, the timestamp's unit); null where there is none. */
export function timeCast(from: ColumnType, to: ColumnType): Cast | null {
  if (from.kind === 'timestamp') {
    if (to.kind !== 'timestamp' && to.kind !== 'int' && !isZone(from.zone)) return null
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

/** Whether the machine knows a zone's clocks. */
function isZone(zone: string | null): boolean {
  try {
    shiftOf(zone)
    return true
  } catch {
    return false
  }
}

/** How far a zone's clocks are from UTC at an instant, in the instant's unit. */
function shiftOf(zone: string | null): (value: bigint, unit: TimeUnit) => bigint {
  if (!zone || /^(UTC|GMT|Z|[+-]00:00)$/i.test(zone)) return () => 0n
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  // Offsets change at quarters of an hour; one answer serves them all.
  const known = new Map<number, bigint>()
  return (value, unit) => {
    const quarter = Number(floorDivide(value, perSecond[unit] * 900n))
    let seconds = known.get(quarter)
    if (seconds === undefined) {
      const name = format.formatToParts(quarter * 900_000).find((part) => part.type === 'timeZoneName')?.value ?? ''
      const found = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name)
      const size = found ? Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0) : 0
      seconds = BigInt(found?.[1] === '-' ? -size : size)
      if (known.size > 10_000) known.clear()
      known.set(quarter, seconds)
    }
    return seconds * perSecond[unit]
  }
}
