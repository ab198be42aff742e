import type { Batch } from '../memory/batch.ts'
import { type Field, typeName } from '../pipeline/types.ts'
import type { ColumnView, RowsPage } from '../server/api/rows.ts'
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
export function pageOf(batch: Batch, { rows = mostRows, total = null, at = 0 }: PageOptions = {}): RowsPage {
  const count = Math.min(rows, mostRows, batch.rows)
  const readers = batch.schema.fields.map((_, index) => {
    const { column, places } = batch.stored(index)
    const read = cellReader(column)
    return places ? (row: number) => read(places[row] as number) : read
  })
  return {
    columns: columnsOf(batch.schema.fields),
    rows: Array.from({ length: count }, (_, row) => readers.map((read) => read(row))),
    identities: Array.from({ length: count }, (_, row) => batch.identity.text(row)),
    total,
    at,
  }
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
