import type { Failure } from '@headrace/runtime/sdk'

/** The first failure of each row, in the rows' order: a row is rejected once, whatever else is wrong with it. */
export function firstOfEachRow(failures: readonly Failure[]): Failure[] {
  if (failures.length < 2) return [...failures]
  const byRow = new Map<number, Failure>()
  for (const failure of failures) if (!byRow.has(failure.row)) byRow.set(failure.row, failure)
  return [...byRow.values()].sort((a, b) => a.row - b.row)
}

/** The rows that are left once those of `failures` are gone. */
export function rowsWithout(rows: number, failures: readonly Failure[]): Int32Array {
  const gone = new Set(failures.map(({ row }) => row))
  return Int32Array.from({ length: rows }, (_, row) => row).filter((row) => !gone.has(row))
}
