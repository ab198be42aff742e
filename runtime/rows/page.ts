import type { Batch } from '../memory/batch.ts'
import { type Field, typeName } from '../pipeline/types.ts'
import type { Cell, ColumnView, RowsPage } from '../server/api/rows.ts'
import { cellReader } from './cell.ts'
import { cellOfValue } from './cellofvalue.ts'

/** Most rows of a page. */
export const mostRows = 200

export interface PageOptions {
  /** Rows of the page, 200 at most. */
  readonly rows?: number
  /** Rows that there are in all; null: nobody knows. */
  readonly total?: number | null
  /** Milliseconds since the run started. */
  readonly at?: number
}

/** A batch's first rows as the page shows them. It allocates nothing in the pool, and only looks at those rows. */
export const pageOf = (batch: Batch, options: PageOptions = {}): RowsPage =>
  pageOfBatches(batch.schema.fields, [batch], options)

/** The first rows of batches that follow one another, all with the same columns. */
export function pageOfBatches(
  fields: readonly Field[],
  batches: readonly Batch[],
  { rows: wanted = mostRows, total = null, at = 0 }: PageOptions = {},
): RowsPage {
  const rows: (readonly Cell[])[] = []
  const identities: string[] = []
  for (const batch of batches) {
    const count = Math.min(Math.min(wanted, mostRows) - rows.length, batch.rows)
    if (count <= 0) continue
    const readers = rowReaders(batch)
    for (let row = 0; row < count; row++) {
      rows.push(readers.map((read) => read(row)))
      identities.push(batch.identity.text(row))
    }
  }
  return { columns: columnsOf(fields), rows, identities, total, at }
}

/** Gives the cells of each column of a batch, by row. */
export function rowReaders(batch: Batch): ((row: number) => Cell)[] {
  return batch.schema.fields.map((_, index) => {
    const { column, places } = batch.stored(index)
    const read = cellReader(column)
    return places ? (row: number) => read(places[row] as number) : read
  })
}

/** The same from plain rows: a search's answer, rejected rows. */
export function pageOfRows(
  fields: readonly Field[],
  rows: readonly Readonly<Record<string, unknown>>[],
  { identities = [], ...options }: PageOptions & { readonly identities?: readonly string[] } = {},
): RowsPage {
  const shown = rows.slice(0, Math.min(options.rows ?? mostRows, mostRows))
  return {
    columns: columnsOf(fields),
    rows: shown.map((row) => fields.map(({ name, type }) => cellOfValue(row[name], type))),
    identities: shown.map((_, i) => identities[i] ?? ''),
    total: options.total === undefined ? rows.length : options.total,
    at: options.at ?? 0,
  }
}

const columnsOf = (fields: readonly Field[]): ColumnView[] =>
  fields.map(({ name, type }) => ({ name, type: typeName(type) }))
