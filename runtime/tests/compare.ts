import type { Schema } from '../pipeline/schema.ts'
import { countNames, type TestRow } from '../pipeline/tests/index.ts'
import { type ColumnType, typeName } from '../pipeline/types.ts'
import type { Json } from '../sdk/node.ts'
import { inAnyOrder, inOrder, type Pair } from './align.ts'
import type { Wanted, WantedRow, Wants } from './expected.ts'
import { jsonOf } from './found.ts'

/** What was found at a node. */
export interface Found {
  readonly schema: Schema | null
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly counts: { readonly [count: string]: number }
}

/** One thing that is not as it is expected. `row` and `foundRow` are numbers of rows, from 1. */
export type Difference =
  | {
      readonly kind: 'value'
      readonly at: string
      readonly row: number
      readonly foundRow: number
      readonly column: string
      readonly expected: Json
      readonly found: Json
    }
  | { readonly kind: 'missing'; readonly at: string; readonly row: number; readonly expected: TestRow }
  | { readonly kind: 'extra'; readonly at: string; readonly foundRow: number; readonly found: TestRow }
  | { readonly kind: 'order'; readonly at: string }
  | {
      readonly kind: 'count'
      readonly at: string
      readonly count: string
      readonly expected: number
      readonly found: number
    }
  | {
      readonly kind: 'column'
      readonly at: string
      readonly column: string
      readonly expected: string | null
      readonly found: string | null
    }

/** Compares what a test expects at a node with what was found there. */
export function differences({ spot, rows, columns }: Wants, found: Found): Difference[] {
  const { at, expectation } = spot
  const counts = countNames.flatMap((count): Difference[] => {
    const expected = expectation.counts[count]
    const there = found.counts[count] ?? 0
    return expected === undefined || expected === there ? [] : [{ kind: 'count', at, count, expected, found: there }]
  })
  const names = columns ? columnDifferences(at, columns, found.schema) : []
  return [...names, ...(rows ? rowDifferences(at, rows, found, expectation) : []), ...counts]
}

function columnDifferences(at: string, wanted: NonNullable<Wants['columns']>, schema: Schema | null): Difference[] {
  const there = new Map((schema?.fields ?? []).map(({ name, type }) => [name, typeName(type)]))
  const expected = new Map(wanted.map(({ name, type }) => [name, typeName(type)]))
  return [...new Set([...expected.keys(), ...there.keys()])].flatMap((column): Difference[] => {
    const [a, b] = [expected.get(column) ?? null, there.get(column) ?? null]
    return a === b ? [] : [{ kind: 'column', at, column, expected: a, found: b }]
  })
}

function rowDifferences(
  at: string,
  wanted: readonly WantedRow[],
  { rows, schema }: Found,
  { anyOrder, tolerance }: { readonly anyOrder: boolean; readonly tolerance: number },
): Difference[] {
  const differing = (expected: number, found: number) =>
    (wanted[expected] as WantedRow).cells.filter(
      ({ name, type, wanted }) => !isAs(wanted, rows[found]?.[name], type, tolerance),
    )
  const likeness = {
    same: (expected: number, found: number) => differing(expected, found).length === 0,
    alike: (expected: number, found: number) => {
      const cells = (wanted[expected] as WantedRow).cells.length
      return cells - differing(expected, found).length
    },
  }
  const jsonRow = (found: number): TestRow =>
    Object.fromEntries((schema?.fields ?? []).map(({ name, type }) => [name, jsonOf(type, rows[found]?.[name])]))
  const toDifferences = ({ expected, found, same }: Pair): Difference[] => {
    if (same) return []
    if (found === undefined)
      return [{ kind: 'missing', at, row: Number(expected) + 1, expected: wanted[Number(expected)]?.json ?? {} }]
    if (expected === undefined) return [{ kind: 'extra', at, foundRow: found + 1, found: jsonRow(found) }]
    return differing(expected, found).map(({ name, type, json }) => ({
      kind: 'value',
      at,
      row: expected + 1,
      foundRow: found + 1,
      column: name,
      expected: json,
      found: jsonOf(type, rows[found]?.[name]),
    }))
  }
  const pairs = (anyOrder ? inAnyOrder : inOrder)(wanted.length, rows.length, likeness)
  const list = pairs.flatMap(toDifferences)
  if (anyOrder || list.length === 0 || wanted.length !== rows.length) return list
  const otherwise = inAnyOrder(wanted.length, rows.length, likeness)
  return otherwise.every(({ same }) => same) ? [{ kind: 'order', at }] : list
}

/** Whether a value is what is expected of it. */
function isAs(wanted: Wanted, found: unknown, type: ColumnType, tolerance: number): boolean {
  if (wanted.is === 'part') return typeof found === 'string' && found.includes(wanted.text)
  if (wanted.is === 'value') return isSame(wanted.value, found, type, tolerance)
  const list = found as ArrayLike<unknown> | null
  const item = type.kind === 'list' || type.kind === 'fixed' ? type.item : type
  return list?.length === wanted.length && wanted.head.every((one, i) => isSame(one, list[i], item, tolerance))
}

function isSame(a: unknown, b: unknown, type: ColumnType, tolerance: number): boolean {
  if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null)
  switch (type.kind) {
    case 'float':
      return isNear(Number(a), Number(b), Math.max(tolerance, rounding[type.bits]))
    case 'list':
    case 'fixed': {
      const [left, right] = [a as ArrayLike<unknown>, b as ArrayLike<unknown>]
      if (left.length !== right.length) return false
      return Array.from(left).every((one, i) => isSame(one, right[i], type.item, tolerance))
    }
    case 'struct': {
      const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
      return type.fields.every(({ name, type: inner }) => isSame(left[name], right[name], inner, tolerance))
    }
    case 'binary':
      return Buffer.compare(Buffer.from(a as Uint8Array), Buffer.from(b as Uint8Array)) === 0
    case 'int':
      return BigInt(a as number) === BigInt(b as number)
    default:
      return a === b
  }
}

/** What the digits of a number lose in a column. */
const rounding = { 16: 1e-3, 32: 1e-6, 64: 0 } as const

/** Numbers that lie within the tolerance: absolute up to 1, above it in proportion. NaN and infinities are themselves. */
const isNear = (a: number, b: number, tolerance: number): boolean => {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b)
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))
}
