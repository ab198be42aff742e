import type { ColumnType } from '@headrace/runtime/sdk'
import type { TableRows } from '@headrace/runtime/testing'

type Row = Record<string, unknown>

/** Rows of an input with the places where they stand: file and number. */
export const placed = ({ splits }: TableRows, input: string): { row: Row; identity: string }[] =>
  splits.flatMap((rows, split) => rows.map((row, i) => ({ row, identity: `source:${input}-${split}:${i + 1}` })))

/** What two values have in common that are one key: NaN is NaN, -0 is 0. */
export function keyOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`
  if (typeof value === 'object') return `{${Object.entries(value).map(([name, part]) => `${name}:${keyOf(part)}`)}}`
  return `${typeof value} ${value === 0 ? 0 : value}`
}

/** The order of a sort, nulls apart: NaN behind all numbers, texts by their bytes. */
export function compare(type: ColumnType, a: unknown, b: unknown): number {
  if (type.kind === 'string') return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string))
  if (type.kind === 'binary') return Buffer.compare(a as Uint8Array, b as Uint8Array)
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  const [x, y] = [a as number, b as number]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Groups rows by some columns, in the order in which the groups first appear. */
export function groups<T extends { row: Row }>(rows: readonly T[], by: readonly string[]): T[][] {
  const found = new Map<string, T[]>()
  for (const one of rows) {
    const key = by.map((column) => keyOf(one.row[column])).join('\n')
    const group = found.get(key)
    if (group) group.push(one)
    else found.set(key, [one])
  }
  return [...found.values()]
}
