import type { RowsPage } from '@headrace/runtime/api'
import type { PageRow } from '../table/columnsOf.tsx'
import type { GridColumn } from '../table/Grid.tsx'
import { words } from '../words.ts'

const name = '_distance'

/** An answer's rows without the distance, which has a column of its own; the identity carries the row's place. */
export function withoutDistance(page: RowsPage): RowsPage {
  const at = page.columns.findIndex((column) => column.name === name)
  if (at < 0) return page
  return {
    ...page,
    columns: page.columns.filter((_, i) => i !== at),
    rows: page.rows.map((row) => row.filter((_, i) => i !== at)),
    identities: page.rows.map((_, i) => String(i)),
  }
}

/** The distance as a bar, long where a row is near, and a number. */
export function distanceColumn(page: RowsPage): GridColumn<PageRow> {
  const at = page.columns.findIndex((column) => column.name === name)
  const distances = page.rows.map((row) => Number(row[at] ?? Number.NaN))
  const most = Math.max(...distances.filter(Number.isFinite), 1e-9)
  const of = ({ identity }: PageRow) => distances[Number(identity)] ?? Number.NaN
  return {
    key: name,
    title: words.search.distance,
    width: 150,
    sortable: false,
    cell: (row) => {
      const near = Math.max(0.02, 1 - of(row) / (most * 1.15))
      return (
        <span className="search-distance">
          <svg width={72} height={8} aria-hidden="true">
            <rect width={72} height={8} rx={4} className="search-room" />
            <rect width={72 * near} height={8} rx={4} className="search-bar" />
          </svg>
          <span className="data">{Number.isFinite(of(row)) ? of(row).toFixed(3) : '–'}</span>
        </span>
      )
    },
    full: (row) => String(of(row)),
  }
}
