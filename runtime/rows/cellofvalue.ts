import type { ColumnType } from '../pipeline/types.ts'
import type { Cell } from '../server/api/rows.ts'
import { bytesCell, cutJsonText, cutText, longestList } from './cut.ts'
import { jsonText } from './jsontext.ts'
import { vectorCell } from './vector.ts'

/** The cell of a plain value, as a vector store's answer or a rejected row has it; exact where the value is. */
export function cellOfValue(value: unknown, type?: ColumnType): Cell {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'boolean':
      return value
    case 'number':
      // A 64-bit number is a text in each of its cells, whatever size it has.
      return Number.isFinite(value) && !isWide(type) ? value : String(value)
    case 'bigint':
      return String(value)
    case 'string':
      return cutText(value)
    default:
      return cellOfObject(value)
  }
}

const isWide = (type: ColumnType | undefined): boolean => type?.kind === 'int' && type.bits === 64

function cellOfObject(value: unknown): Cell {
  if (value instanceof Uint8Array) return bytesCell(value)
  if (value instanceof Date) return value.toISOString()
  const numbers = numbersOf(value)
  const vector = numbers && numbers.length > longestList && vectorCell(numbers.length, (at) => numbers[at] as number)
  if (vector) return vector
  return cutJsonText(jsonText(value))
}

function numbersOf(value: unknown): ArrayLike<number> | null {
  if (value instanceof Float32Array || value instanceof Float64Array) return value
  return Array.isArray(value) && value.every((one) => typeof one === 'number') ? value : null
}
