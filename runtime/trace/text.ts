import type { Cell } from '../server/api/rows.ts'

/** A value in a sentence. */
export function shortText(value: Cell, type: string, most = 60): string {
  const text = textOf(value, type)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** A value for people; what is long has its length behind it. `head`: a vector's first numbers. */
export function textOf(value: Cell, type: string, head: readonly number[] = [], most = 200): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  // Whole numbers of 64 bits, decimals and times are texts, too.
  if (typeof value === 'string') return type === 'string' ? cut(JSON.stringify(value), value.length, most) : value
  if ('text' in value) return cut(JSON.stringify(value.text), value.length, most)
  if ('vector' in value) return `[${[...head, '…'].join(', ')}] ${value.vector} numbers, norm ${value.norm}`
  if ('bytes' in value) return `${value.bytes} bytes`
  return cut(value.json, value.length, most)
}

const cut = (text: string, length: number, most: number): string =>
  text.length > most || text.length < length ? `${text.slice(0, most)}… ${length} characters` : text
