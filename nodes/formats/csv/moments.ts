import type { ColumnType, TypedArray } from '@headrace/runtime/sdk'
import type { ColumnPlan } from './dialect.ts'
import { isoDate, isoTime, isoTimestamp, newMoment, type ReadMoment } from './moment.ts'
import { type Format, strptime } from './strptime.ts'
import { utcFromLocal } from './zone.ts'

/** A checked format, compiled. */
function compiled(format: string): Format {
  const found = strptime(format)
  if (typeof found === 'string') throw new TypeError(`${format}: ${found}`)
  return found
}

/** Reads dates as days since 1970-01-01, NaN where the text is none. */
export function daysFrom(format: string | null): (bytes: Uint8Array, start: number, end: number) => number {
  if (format === null) return isoDate
  const { read } = compiled(format)
  const moment = newMoment()
  return (bytes, start, end) => (read(bytes, start, end, moment) ? moment.days : Number.NaN)
}

/** How the times and timestamps of a column are read. */
export function momentReader(plan: ColumnPlan): ReadMoment {
  if (plan.format !== null) return compiled(plan.format).read
  return plan.type.kind === 'time' ? isoTime : isoTimestamp
}

const perSecond = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }

/**
 * Writes times (microseconds since midnight) and timestamps in their unit. A column with a zone takes timestamps with an
 * offset, and those without where `timezone` says whose clock they show; a column without a zone only those without.
 * A finer fraction than the unit holds is refused.
 */
export function timestampWriter(
  type: ColumnType,
  read: ReadMoment,
  timezone: string | null,
): (values: TypedArray) => (bytes: Uint8Array, start: number, end: number, row: number) => boolean {
  const isTime = type.kind === 'time'
  const unit = type.kind === 'timestamp' ? type.unit : 'us'
  const zoned = type.kind === 'timestamp' && type.zone !== null
  const scale = perSecond[unit]
  const step = 1e9 / scale
  const toUtc = timezone && zoned ? utcFromLocal(timezone) : null
  const moment = newMoment()
  return (values) => {
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    return (bytes, start, end, row) => {
      if (!read(bytes, start, end, moment)) return false
      const { nanos, offset } = moment
      let seconds = isTime ? moment.seconds : moment.days * 86400 + moment.seconds
      if (nanos % step !== 0) return false
      if (!isTime) {
        if (Number.isNaN(offset) ? zoned && !toUtc : !zoned) return false
        if (!Number.isNaN(offset)) seconds -= offset * 60
        else if (toUtc) seconds = toUtc(seconds)
      }
      const value = seconds * scale + nanos / step
      if (Number.isSafeInteger(value)) {
        halves[row * 2] = value
        halves[row * 2 + 1] = Math.floor(value / 4294967296)
      } else {
        const exact = BigInt(seconds) * BigInt(scale) + BigInt(nanos / step)
        if (exact !== BigInt.asIntN(64, exact)) return false
        ;(values as BigInt64Array)[row] = exact
      }
      return true
    }
  }
}
