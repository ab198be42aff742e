import type { RecordBatch, Table } from 'apache-arrow'

type Arrow = typeof import('apache-arrow')

/** The rows whose key no later row has, in order, and how many had one. The rows are slices, nothing is copied. */
export function lastOfEachKey(
  arrow: Arrow,
  table: Table,
  key: readonly string[],
): { readonly table: Table; readonly replaced: number } {
  const keyOf = keyReader(table, key)
  const last = new Map<unknown, number>()
  for (let row = 0; row < table.numRows; row++) last.set(keyOf(row), row)
  const replaced = table.numRows - last.size
  if (replaced === 0) return { table, replaced }
  const kept = new Uint8Array(table.numRows)
  for (const row of last.values()) kept[row] = 1
  const slices: RecordBatch[] = []
  let first = 0
  for (const batch of table.batches) {
    for (let start = 0; start < batch.numRows; ) {
      let end = start
      while (end < batch.numRows && kept[first + end]) end++
      if (end > start) slices.push(batch.slice(start, end))
      start = end + 1
    }
    first += batch.numRows
  }
  return { table: new arrow.Table(table.schema, slices), replaced }
}

/** A row's key as something a Map tells apart: the value itself, or the text of several. */
function keyReader(table: Table, key: readonly string[]): (row: number) => unknown {
  const columns = key.map((name) => table.getChild(name))
  const valueAt = (place: number, row: number): unknown => {
    const value: unknown = columns[place]?.get(row)
    return typeof value === 'object' && value !== null ? String(value) : value
  }
  if (columns.length === 1) return (row) => valueAt(0, row)
  return (row) => JSON.stringify(columns.map((_, place) => String(valueAt(place, row))))
}
