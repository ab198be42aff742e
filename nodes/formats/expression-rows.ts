import { type Batch, type Column, type CompiledExpression, type Failure, gather } from '@headrace/runtime/sdk'
import { firstOfEachRow, rowsWithout } from './failures.ts'

/** The rows of a batch on which every expression has a value, and those values. */
export interface Evaluated {
  readonly batch: Batch
  readonly columns: readonly Column[]
}

/**
 * Evaluates expressions over a batch. Rows on which one fails (an overflow, a division by zero) are rejected; `counts`
 * says which failures matter where not all do.
 */
export function evaluate(
  batch: Batch,
  expressions: readonly CompiledExpression[],
  counts: (row: number, expression: number, columns: readonly Column[]) => boolean = () => true,
): Evaluated {
  const results = expressions.map((expression) => expression(batch))
  const columns = results.map(({ column }) => column)
  const all: Failure[] = results.flatMap(({ failures }, i) => failures.filter(({ row }) => counts(row, i, columns)))
  if (all.length === 0) return { batch, columns }
  const failures = firstOfEachRow(all)
  const kept = rowsWithout(batch.rows, failures)
  return { batch: batch.reject(failures), columns: columns.map((column) => gather(batch.scope, column, kept)) }
}
