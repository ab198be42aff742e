import type { Batch } from '../memory/index.ts'
import type { ColumnType } from '../pipeline/types.ts'
import type { Json } from '../sdk/node.ts'
import { textBy } from '../text/buffer.ts'
import { writeDecimal, writeFloat16, writeFloat32 } from '../text/numbers.ts'
import { writeClock, writeDate, writeTimestamp } from '../text/times.ts'

/** The rows of batches as plain values, as `valueAt` gives them. */
export const rowsIn = (batches: readonly Batch[]): Record<string, unknown>[] =>
  batches.flatMap((batch) => Array.from({ length: batch.rows }, (_, row) => batch.row(row)))

/** A plain value of a column as a test writes it: exact, and read back by `valueFromJson` as the same. */
export function jsonOf(type: ColumnType, value: unknown): Json {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'int':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    case 'float':
      return numberOf(Number(value), type.bits)
    case 'decimal':
      return textBy((out) => writeDecimal(out, value as bigint, type.scale))
    case 'date':
      return textBy((out) => writeDate(out, Number(value)))
    case 'time': {
      const micros = Number(value)
      return textBy((out) => writeClock(out, Math.floor(micros / 1e6), (micros % 1e6) * 1e3))
    }
    case 'timestamp':
      return textBy((out) => writeTimestamp(out, value as bigint, type.unit, type.zone !== null))
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'list':
    case 'fixed':
      return Array.from(value as ArrayLike<unknown>, (item) => jsonOf(type.item, item))
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, jsonOf(field.type, (value as Record<string, unknown>)[field.name])]),
      )
    default:
      return value as boolean | string // what is left are texts and truths
  }
}

/** The shortest number that stands for the same value: a float32 0.1 is 0.1; NaN and infinities are texts. */
function numberOf(value: number, bits: 16 | 32 | 64): Json {
  if (!Number.isFinite(value)) return String(value)
  if (bits === 64) return value
  return Number(textBy((out) => (bits === 32 ? writeFloat32(out, value) : writeFloat16(out, value))))
}
