import type { ColumnType } from '../pipeline/types.ts'
import type { Cell } from '../server/api/rows.ts'
import { bytesCell, cutJsonText, cutText, longestList } from './cut.ts'
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

/** JSON as `JSON.stringify` writes it, with all digits of a BigInt; bytes are base64, a NaN is a text. */
function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  if (ArrayBuffer.isView(value)) return jsonText(Array.from(value as Float32Array))
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (value instanceof Date || typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${jsonText(one)}`)
    .join(',')}}`
}
