import type { Cell, ColumnView, RowsPage } from '@headrace/runtime/api'
import { CellView } from './CellView.tsx'
import { cellText, isNumeric } from './cells.ts'
import type { GridColumn } from './Grid.tsx'
import { identityText } from './identity.ts'
import './cell.css'

/** A row of a page by its place in it. */
export interface PageRow {
  readonly cells: readonly Cell[]
  readonly identity: string
}

const character = 7.3
const padding = 26

/** A page's columns for a grid, as wide as their first rows need. */
export function columnsOf(page: RowsPage): GridColumn<PageRow>[] {
  return page.columns.map((column, at) => ({
    key: column.name,
    title: column.name,
    type: column.type,
    width: widthOf(
      column,
      page.rows.slice(0, 50).map((row) => row[at] ?? null),
    ),
    numeric: isNumeric(column.type),
    stretch: !isNumeric(column.type) && !/^(bool|date|time|timestamp)/.test(column.type),
    cell: ({ cells }) => <CellView cell={cells[at] ?? null} />,
    full: ({ cells }) => fullText(cells[at] ?? null),
  }))
}

/** The row's place in its file as a column: `emoji.csv row 17`. */
export const identityColumn: GridColumn<PageRow> = {
  key: '',
  title: 'row',
  width: 190,
  sortable: false,
  cell: ({ identity }) => <span className="data soft">{identityText(identity)}</span>,
  full: ({ identity }) => identity,
}

function widthOf({ name, type }: ColumnView, cells: readonly Cell[]): number {
  const head = name.length * 7 + Math.min(type.length, 14) * 6.2 + padding + 14
  const widest = Math.max(0, ...cells.map(cellWidth))
  return Math.round(Math.max(72, head, Math.min(360, widest)))
}

const cellWidth = (cell: Cell): number =>
  cell !== null && typeof cell === 'object' && 'vector' in cell
    ? cell.sketch.length * 3 + 150
    : Math.min(48, cellText(cell).length) * character + padding

const fullText = (cell: Cell): string | undefined => (cell === null ? undefined : cellText(cell).slice(0, 600))
