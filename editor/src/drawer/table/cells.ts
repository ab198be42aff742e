import type { Cell } from '@headrace/runtime/api'
import { bytes, exact } from '../../style/numbers.ts'

/** Whether a column's values are numbers: right-aligned, compared as numbers. */
export const isNumeric = (type: string): boolean => /^(u?int\d+|float\d+|decimal\([^)]*\))$/.test(type)

/** A cell as one line of text: what the filter looks at and a copied cell says. What was cut says so. */
export function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell !== 'object') return String(cell)
  if ('text' in cell) return `${cell.text}… (${exact(cell.length)} characters)`
  if ('vector' in cell) return `${cell.vector}-d vector, norm ${norm(cell.norm)}`
  if ('bytes' in cell) return `${cell.head}${cell.bytes > (cell.head.length * 3) / 4 ? '…' : ''} (${bytes(cell.bytes)})`
  return isCut(cell) ? `${cell.json}… (${exact(cell.length)} characters)` : cell.json
}

/** A vector's length, for reading. */
export const norm = (value: number): string =>
  value !== 0 && (Math.abs(value) < 0.01 || Math.abs(value) >= 1e6) ? value.toExponential(2) : value.toFixed(2)

const isCut = ({ json, length }: { readonly json: string; readonly length: number }): boolean => json.length < length

/** The items of a short list of plain values, else null: `["face","smile"]` reads better as `face · smile`. */
export function plainList(json: string): string[] | null {
  if (!json.startsWith('[')) return null
  try {
    const items: unknown = JSON.parse(json)
    if (!Array.isArray(items) || items.some((item) => typeof item === 'object' && item !== null)) return null
    return items.map(String)
  } catch {
    return null // it was cut
  }
}

/** Orders two cells of a column, nulls last in both directions; numbers by value, also beyond what a double holds. */
export function compareCells(a: Cell, b: Cell, type: string, descending = false): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const order = compare(a, b, type)
  return descending ? -order : order
}

function compare(a: Cell, b: Cell, type: string): number {
  if (isNumeric(type)) return compareNumbers(String(a), String(b))
  const [x, y] = [measure(a), measure(b)]
  if (x !== null && y !== null) return x - y
  const [s, t] = [sortText(a), sortText(b)]
  return collator.compare(s, t) || (s < t ? -1 : Number(s > t))
}

const collator = new Intl.Collator('en', { sensitivity: 'base' })

/** Vectors are ordered by norm, bytes by their number. */
function measure(cell: Cell): number | null {
  if (cell === null || typeof cell !== 'object') return null
  if ('vector' in cell) return cell.norm
  return 'bytes' in cell ? cell.bytes : null
}

function sortText(cell: Cell): string {
  if (cell === null || typeof cell !== 'object') return String(cell)
  return 'text' in cell ? cell.text : cellText(cell)
}

/** Compares numbers written as texts: `9007199254740993`, `-12.50`, `1e-7`, `NaN` (last). */
export function compareNumbers(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
  if (x !== y) return x < y ? -1 : 1
  // Equal as doubles: the digits decide, where both are plain decimals.
  const [p, q] = [decimalOf(a), decimalOf(b)]
  if (!p || !q) return 0
  const scale = Math.max(p.scale, q.scale)
  const difference = p.digits * 10n ** BigInt(scale - p.scale) - q.digits * 10n ** BigInt(scale - q.scale)
  return difference < 0n ? -1 : Number(difference > 0n)
}

function decimalOf(text: string): { digits: bigint; scale: number } | null {
  const found = /^(-?\d+)(?:\.(\d+))?$/.exec(text)
  if (!found) return null
  const [, whole = '', fraction = ''] = found
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}
