import { type Batch, type Column, columnOf, type Field, type Scope, types, valueAt } from '@headrace/runtime/sdk'

/** The columns of every simulated source. */
export const sourceFields: readonly Field[] = [
  { name: 'v', type: types.int32 },
  { name: 'k', type: types.int32 },
]

/** What a row of a simulated file holds: the same in every run. Some are no rows: a source rejects them. */
export function rowAt(path: string, number: number): { v: number; k: number; broken: boolean } {
  let hash = Math.imul(number + 1, 0x9e3779b1)
  for (const char of path) hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193)
  hash = (hash ^ (hash >>> 15)) >>> 0
  return { v: hash % 1000, k: (hash >>> 10) % 9, broken: (hash >>> 16) % 17 === 0 }
}

/** A column's values; null where the batch has no such column. */
export function valuesOf(batch: Batch, name: string): (number | null)[] {
  const at = batch.schema.indexOf(name)
  const column = at < 0 ? null : batch.column(at)
  return Array.from({ length: batch.rows }, (_, row) => column && (valueAt(column, row) as number | null))
}

export const numbers = (scope: Scope, values: readonly (number | null)[]): Column =>
  columnOf(scope, types.int32, values)
export const flags = (scope: Scope, values: readonly boolean[]): Column => columnOf(scope, types.bool, values)

const value: Field = { name: 'v', type: types.int32 }
export const valueField = value

/** What the simulated nodes do to one value; nothing else of a row changes. */
export const rules = {
  isKept: (v: number | null): boolean => (v ?? 1) % 3 !== 0,
  isGood: (v: number | null): boolean => (v ?? 1) % 5 !== 0,
  pieces: (v: number | null): number[] => Array.from({ length: (v ?? 1) % 3 }, (_, i) => ((v ?? 1) * 3 + i) % 9973),
  isPoison: (v: number | null): boolean => (v ?? 1) % 13 === 0,
  infer: (v: number | null): number => ((v ?? 1) * 2 + 1) % 9973,
  /** What a picky store refuses, and all rows that come along with it. */
  isRefused: (v: number | null): boolean => (v ?? 1) % 11 === 0,
  ports: { even: (v: number | null): boolean => (v ?? 1) % 2 === 0, three: (v: number | null) => (v ?? 1) % 3 === 0 },
}
