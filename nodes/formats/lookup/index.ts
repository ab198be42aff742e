import { type Column, type ColumnType, isValid, valueAt } from '@headrace/runtime/sdk'

/** Finds the first row with some keys; -1 where there is none or a key is null. */
export type FindRow = (columns: readonly Column[], row: number) => number

/** An index over key columns of a side. `wide`: the pairs of columns of which one holds 64-bit numbers. */
export function indexOf(keys: readonly Column[], asked: readonly ColumnType[]): { find: FindRow; twice: number } {
  const read = keys.map((key, i) => readerOf(key.type, asked[i] as ColumnType))
  const keyOf = (columns: readonly Column[], row: number): unknown => {
    for (const column of columns) if (!isValid(column, row)) return undefined
    if (columns.length === 1) return read[0]?.(valueAt(columns[0] as Column, row))
    let text = ''
    for (let i = 0; i < columns.length; i++) {
      const part = String(read[i]?.(valueAt(columns[i] as Column, row)))
      text += `${part.length}:${part}`
    }
    return text
  }
  const rows = new Map<unknown, number>()
  let twice = 0
  for (let row = 0; row < (keys[0]?.length ?? 0); row++) {
    const key = keyOf(keys, row)
    if (key === undefined) continue
    if (rows.has(key)) twice++
    else rows.set(key, row)
  }
  return { find: (columns, row) => rows.get(keyOf(columns, row)) ?? -1, twice }
}

/** Makes values of two types that can be compared equal where they are: numbers of any width, bytes as text. */
function readerOf(a: ColumnType, b: ColumnType): (value: unknown) => unknown {
  if (a.kind === 'binary') return (value) => Buffer.from(value as Uint8Array).toString('latin1')
  const isLong = (type: ColumnType) => type.kind === 'int' && type.bits === 64
  if (a.kind === 'int' && b.kind === 'int' && (isLong(a) || isLong(b))) return (value) => BigInt(value as number)
  // -0 is 0.
  if (a.kind === 'float' || b.kind === 'float') return (value) => (value as number) + 0
  return (value) => value
}
