import type { ColumnType, Field } from '../../pipeline/types.ts'
import type { Row } from '../bench.ts'

/** The same rows with texts that are not ASCII: composed and not, beyond the first plane, right to left. */
export function beyondAscii(rows: readonly Row[]): Row[] {
  const other = (value: unknown): unknown => {
    if (typeof value === 'string') return `Größe ${value} 🌊 水 e\u0301 שלום`
    return Array.isArray(value) ? value.map(other) : value
  }
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, other(value)])))
}

/** Rows in which nothing is known. */
export const allNull = (fields: readonly Field[], rows: number): Row[] =>
  Array.from({ length: rows }, () => Object.fromEntries(fields.map(({ name }) => [name, null])))

/** Rows of any values, nulls among them; the same ones from the same seed. */
export function someRows(fields: readonly Field[], count: number, seed: number): Row[] {
  const next = numbersFrom(seed)
  return Array.from({ length: count }, () =>
    Object.fromEntries(fields.map(({ name, type }) => [name, next() < 0.2 ? null : someValue(type, next)])),
  )
}

const texts = [
  '',
  'de',
  '42.5',
  ' a  b ',
  '<p>x &amp; y',
  'One. Two!\n\nThree 🌊',
  '水。好',
  'e\u0301',
  '0',
  '"quoted"',
]

/** A value of a type, as `valueAt` gives it. */
function someValue(type: ColumnType, next: () => number): unknown {
  const whole = (least: number, most: number) => Math.floor(least + next() * (most - least + 1))
  const pick = <T>(values: readonly T[]): T => values[whole(0, values.length - 1)] as T
  switch (type.kind) {
    case 'null':
      return null
    case 'bool':
      return next() < 0.5
    case 'int': {
      const span = 1n << BigInt(type.bits)
      const [least, most] = type.signed ? [-span / 2n, span / 2n - 1n] : [0n, span - 1n]
      const value = pick([0n, 1n, BigInt(whole(2, 9)), least, most])
      return type.bits === 64 ? value : Number(value)
    }
    case 'float':
      return pick([0, -0, 1, -2.5, next() * 1000, 1e30, Number.NaN, Number.POSITIVE_INFINITY].map(rounding[type.bits]))
    case 'decimal':
      return pick([0n, 1n, -1n, 10n ** BigInt(type.precision) - 1n])
    case 'string':
      return pick(texts)
    case 'binary':
      return Uint8Array.from({ length: whole(0, 8) }, () => whole(0, 255))
    case 'date':
      return whole(-800_000, 800_000)
    case 'time':
      return BigInt(whole(0, 86_399_999_999))
    case 'timestamp':
      return BigInt(whole(-1e15, 1e15))
    case 'list':
      return Array.from({ length: whole(0, 4) }, () => (next() < 0.2 ? null : someValue(type.item, next)))
    case 'fixed':
      return Array.from({ length: type.size }, () => someValue(type.item, next))
    case 'struct':
      return Object.fromEntries(type.fields.map((field) => [field.name, someValue(field.type, next)]))
  }
}

const rounding = { 16: Math.f16round, 32: Math.fround, 64: (value: number) => value }

/** Numbers from 0 up to 1, the same from the same seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
