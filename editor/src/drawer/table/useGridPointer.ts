import type { MouseEvent, PointerEvent } from 'react'
import type { GridProps } from './Grid.tsx'
import type { Place } from './moves.ts'

/** The cell under a pointer; null beside them, on a control inside one, and on a column's handle. */
function placeOf({ target }: { readonly target: EventTarget }): Place | null {
  if (!(target instanceof Element) || target.closest('button, input, textarea, a, [data-edge]')) return null
  const cell = target.closest<HTMLElement>('[data-row]')
  return cell && { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) }
}

/** What the mouse does in a grid: a click selects, Shift or a drag makes a range, a double click opens, the head sorts. */
export function useGridPointer<Row>({ columns, rows, grid, onSort, onOpen, onChoose }: GridProps<Row>) {
  const { range, setRange } = grid
  return {
    onPointerDown(event: PointerEvent) {
      const place = placeOf(event)
      if (!place || event.button !== 0) return
      setRange({ active: place, anchor: event.shiftKey && range ? range.anchor : place })
    },
    onPointerMove(event: PointerEvent) {
      const place = event.buttons === 1 && range && range.anchor.row >= 0 ? placeOf(event) : null
      if (!place || place.row < 0) return
      if (place.row !== range?.active.row || place.column !== range.active.column)
        setRange({ active: place, anchor: range?.anchor ?? place })
    },
    onClick(event: MouseEvent) {
      const place = placeOf(event)
      const column = place?.row === -1 ? columns[place.column] : undefined
      if (column && column.sortable !== false) onSort?.(column.key)
      const row = place && !event.shiftKey ? rows[place.row] : undefined
      if (row !== undefined) onChoose?.(row)
    },
    onDoubleClick(event: MouseEvent) {
      const place = placeOf(event)
      const row = place ? rows[place.row] : undefined
      const column = place ? columns[place.column] : undefined
      if (row !== undefined && column) onOpen?.(row, column)
    },
  }
}
