// biome-ignore-all lint/a11y/useSemanticElements: a table of which only a part is drawn; the roles tell its whole size
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus and names the active cell
import type { VirtualItem } from '@tanstack/react-virtual'
import type { GridColumn } from './Grid.tsx'

export interface GridRowProps<Row> {
  readonly id: string
  readonly row: Row
  readonly index: number
  readonly top: number
  readonly columns: readonly GridColumn<Row>[]
  readonly seen: readonly VirtualItem[]
  /** The column the reader is at, in this row. */
  readonly active: number | null
  readonly selected: readonly [from: number, to: number] | null
  readonly className: string
}

/** One row of a grid: the cells of the columns that are seen. */
export function GridRow<Row>({ id, row, index, top, columns, seen, active, selected, className }: GridRowProps<Row>) {
  return (
    <div className={`grid-row ${className}`} role="row" aria-rowindex={index + 2} style={{ top }}>
      {seen.map(({ index: at, start, size }) => {
        const column = columns[at]
        if (!column) return null
        const marks = [
          'grid-cell',
          column.numeric && 'numeric',
          active === at && 'active',
          selected && at >= selected[0] && at <= selected[1] && 'selected',
        ]
        return (
          <div
            key={column.key}
            id={`${id}-${index}-${at}`}
            className={marks.filter(Boolean).join(' ')}
            role="gridcell"
            aria-colindex={at + 1}
            aria-selected={active === at}
            data-row={index}
            data-column={at}
            title={column.full?.(row)}
            style={{ left: start, width: size }}
          >
            {column.cell(row)}
          </div>
        )
      })}
    </div>
  )
}
