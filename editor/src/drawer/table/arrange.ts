import type { RowsPage } from '@headrace/runtime/api'
import { cellText, compareCells } from './cells.ts'

/** By which column a table is ordered. */
export interface Sort {
  readonly column: string
  readonly descending: boolean
}

/** The places of a page's rows that a text is found in (any column, no matter the case), in the order that is asked for. */
export function arrange({ columns, rows, identities }: RowsPage, filter: string, sort: Sort | null): number[] {
  const wanted = filter.trim().toLowerCase()
  const places: number[] = []
  for (let row = 0; row < rows.length; row++) {
    const found =
      wanted === '' ||
      identities[row]?.toLowerCase().includes(wanted) ||
      rows[row]?.some((cell) => cellText(cell).toLowerCase().includes(wanted))
    if (found) places.push(row)
  }
  const at = sort ? columns.findIndex(({ name }) => name === sort.column) : -1
  if (!sort || at < 0) return places
  const type = columns[at]?.type ?? ''
  return places.sort(
    (a, b) => compareCells(rows[a]?.[at] ?? null, rows[b]?.[at] ?? null, type, sort.descending) || a - b,
  )
}

/** The next order after a click on a column's head: rising, falling, as it came. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, descending: false }
  return sort.descending ? null : { column, descending: true }
}
