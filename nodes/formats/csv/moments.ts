import type { ColumnType } from '@headrace/runtime/sdk'
import {
  isoDate,
  isoTime,
  isoTimestamp,
  newMoment,
  type ReadMoment,
  unitsPerSecond,
  utcFromLocal,
} from '@headrace/runtime/time'
import type { Fill } from './column.ts'
import { dateFormatOf } from './date-format.ts'

/** A format that was checked before, compiled; ISO 8601 where there is none. */
function compiled(format: string | null, iso: ReadMoment): ReadMoment {
  if (format === null) return iso
  const found = dateFormatOf(format)
  if (typeof found === 'string') throw new TypeError(`${format}: ${found}`)
  return found.read
}

/** Reads dates as days since 1970-01-01. */
export function fillDates(format: string | null): Fill {
  const read = format === null ? null : compiled(format, isoTimestamp)
  const moment = newMoment()
  return ({ bytes, starts, ends }, rows, values, fail) => {
    const days = values as Int32Array
    for (let row = 0; row < rows; row++) {
      const start = starts[row] as number
      const end = ends[row] as number
      if (end < 0) continue
      const day =
        read === null ? isoDate(bytes, start, end) : read(bytes, start, end, moment) ? moment.days : Number.NaN
      if (Number.isNaN(day)) fail(row)
      else days[row] = day
    }
  }
}

/**
 * Reads times (microseconds since midnight) and timestamps in their unit. A column with a zone takes timestamps with an
 * offset, and those without where `timezone` says whose clock they show; a column without a zone only those without.
 * A finer fraction than the unit holds is refused.
 */
export function fillMoments(type: ColumnType, format: string | null, timezone: string | null): Fill {
  const isTime = type.kind === 'time'
  const unit = type.kind === 'timestamp' ? type.unit : 'us'
  const zoned = type.kind === 'timestamp' && type.zone !== null
  const scale = unitsPerSecond[unit]
  // As whole numbers of 32 bits: the remainder of doubles is a slow call.
  const step = (1e9 / scale) | 0
  const toUtc = timezone && zoned ? utcFromLocal(timezone) : null
  const read = compiled(format, isTime ? isoTime : isoTimestamp)
  const moment = newMoment()
  return ({ bytes, starts, ends }, rows, values, fail) => {
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    for (let row = 0; row < rows; row++) {
      const end = ends[row] as number
      if (end < 0) continue
      const good = read(bytes, starts[row] as number, end, moment)
      const { nanos, offset } = moment
      const naive = Number.isNaN(offset)
      if (!good || (nanos | 0) % step !== 0 || (!isTime && (naive ? zoned && !toUtc : !zoned))) {
        fail(row)
        continue
      }
      let seconds = isTime ? moment.seconds : moment.days * 86400 + moment.seconds
      if (!isTime && !naive) seconds -= offset * 60
      else if (toUtc) seconds = toUtc(seconds)
      const value = seconds * scale + nanos / step
      if (Number.isSafeInteger(value)) {
        halves[row * 2] = value
        halves[row * 2 + 1] = Math.floor(value / 4294967296)
        continue
      }
      const exact = BigInt(seconds) * BigInt(scale) + BigInt(nanos / step)
      if (exact !== BigInt.asIntN(64, exact)) fail(row)
      else (values as BigInt64Array)[row] = exact
    }
  }
}
