import { type ColumnType, isNumeric, sameType, types } from '../pipeline/types.ts'
import { decimalNumber, unitsPerDay } from './textvalue.ts'
import { RowFailure, type Tree, type Value } from './tree.ts'

/** The type that two values have in common (`c ? a : b`, a list's items); null where there is none. */
export function commonType(a: ColumnType, b: ColumnType): ColumnType | null {
  if (a.kind === 'null') return widened(b)
  if (b.kind === 'null') return widened(a)
  if (isNumeric(a) && isNumeric(b)) {
    if (a.kind === 'int' && b.kind === 'int') return types.int64
    return a.kind === 'decimal' && sameType(a, b) ? a : types.float64
  }
  if (sameType(a, b)) return a
  const moments = (type: ColumnType) => type.kind === 'date' || type.kind === 'timestamp'
  if (moments(a) && moments(b)) return types.timestamp
  if ((a.kind === 'list' || a.kind === 'fixed') && (b.kind === 'list' || b.kind === 'fixed')) {
    const item = sameType(a.item, b.item) ? a.item : commonType(a.item, b.item)
    return item && { kind: 'list', item }
  }
  return null
}

/** What operators make of a number: int64 or float64; everything else stays. */
export function widened(type: ColumnType): ColumnType {
  if (type.kind === 'int') return types.int64
  if (type.kind === 'float') return types.float64
  return type
}

/** The tree as another type: itself where it has it. */
export function convert(tree: Tree, type: ColumnType): Tree {
  if (sameType(tree.type, type)) return tree
  if (tree.op === 'literal' && (tree.value === null || type.kind === 'float')) {
    const value = tree.value === null ? null : Number(tree.value)
    return { ...tree, type, value }
  }
  return { op: 'convert', type, value: tree, start: tree.start, end: tree.end }
}

const least = -(2n ** 63n)
const most = 2n ** 63n - 1n

/** An integer, if it fits into 64 bits. */
export const asInt64 = (value: bigint): bigint | RowFailure =>
  value >= least && value <= most ? value : new RowFailure('overflow', `${value} does not fit into int64`)

/** One value from one type to another, as `convert` promised in the check. */
export function convertValue(value: Value, from: ColumnType, to: ColumnType): Value | RowFailure {
  if (value === null) return null
  if (to.kind === 'float') return from.kind === 'decimal' ? decimalNumber(value as bigint, from) : Number(value)
  if (to.kind === 'int') return asInt64(value as bigint)
  if (to.kind === 'timestamp') return convertMoment(BigInt(value as bigint), from, to)
  if (to.kind === 'list') {
    const items: Value[] = []
    for (const item of value as readonly Value[]) {
      const converted = convertValue(item, (from as ColumnType & { kind: 'list' }).item, to.item)
      if (converted instanceof RowFailure) return converted
      items.push(converted)
    }
    return items
  }
  return value
}

/** To the other unit, down to the whole one. */
export function convertMoment(value: bigint, from: ColumnType, to: ColumnType): bigint | RowFailure {
  const [a, b] = [unitsPerDay(from), unitsPerDay(to)]
  const units = value * b
  const moment = (units - (((units % a) + a) % a)) / a
  // Nanoseconds are made only to compare, where there is no bound.
  return to.kind === 'timestamp' && to.unit === 'ns' ? moment : asInt64(moment)
}
