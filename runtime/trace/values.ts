import type { Batch } from '../memory/index.ts'
import { typeName } from '../pipeline/types.ts'
import { rowReaders } from '../rows/index.ts'
import type { Cell } from '../server/api/rows.ts'
import type { TracedValue } from '../server/api/trace.ts'

/** The values of a batch's only row, by column. */
export function cellsOf(batch: Batch): Map<string, Cell> {
  const readers = rowReaders(batch)
  return new Map(batch.schema.fields.map(({ name }, i) => [name, readers[i]?.(0) ?? null]))
}

/** A row's values as it left a node, and what is different from when it entered. */
export function valuesOf(batch: Batch, entered: ReadonlyMap<string, Cell> | null): TracedValue[] {
  const cells = cellsOf(batch)
  return batch.schema.fields.map(({ name, type }): TracedValue => {
    const value = cells.get(name) ?? null
    const before = entered?.get(name) ?? null
    const mark = entered === null ? null : !entered.has(name) ? 'new' : sameCell(before, value) ? null : 'changed'
    const head = isVector(value) ? headOf(batch.row(0)[name]) : undefined
    return {
      column: name,
      type: typeName(type),
      value,
      mark,
      before: mark === 'changed' ? before : null,
      ...(head && { head }),
    }
  })
}

const isVector = (value: Cell): boolean => typeof value === 'object' && value !== null && 'vector' in value

/** A vector's first numbers. */
const headOf = (value: unknown): number[] =>
  Array.from(value as ArrayLike<number>)
    .slice(0, 3)
    .map((number) => Number(number.toPrecision(4)))

export const sameCell = (a: Cell, b: Cell): boolean => JSON.stringify(a) === JSON.stringify(b)
