import { type ColumnType, isNumeric, sameType } from '@headrace/runtime/sdk'

/** Whether values of a type can be told apart and put in order as keys. */
export const isKey = ({ kind }: ColumnType): boolean => kind !== 'list' && kind !== 'fixed' && kind !== 'struct'

/** Whether two columns' values can be compared exactly although their types may differ. */
export function comparable(a: ColumnType, b: ColumnType): boolean {
  if (!isKey(a) || !isKey(b)) return false
  if (sameType(a, b)) return true
  if (!isNumeric(a) || !isNumeric(b) || a.kind === 'decimal' || b.kind === 'decimal') return false
  if (a.kind === b.kind) return true
  // Every whole number of up to 32 bits is a float64.
  const [int, float] = a.kind === 'int' ? [a, b] : [b, a]
  return int.kind === 'int' && int.bits <= 32 && float.kind === 'float' && float.bits === 64
}
