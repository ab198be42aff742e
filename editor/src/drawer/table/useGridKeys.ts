import type { Virtualizer } from '@tanstack/react-virtual'
import type { KeyboardEvent } from 'react'
import type { GridProps } from './Grid.tsx'
import { moved, type Place, within } from './moves.ts'

interface Views {
  readonly down: Virtualizer<HTMLDivElement, Element>
  readonly across: Virtualizer<HTMLDivElement, Element>
  readonly widths: readonly number[]
  readonly resize: (column: string, width: number) => void
}

/** The grid's keys: arrows, Home, End, pages; Shift draws a range; Enter opens or sorts; Ctrl+A and Ctrl+C. */
export function useGridKeys<Row>(
  { columns, rows, grid, onSort, onOpen, onCopy, onKey }: GridProps<Row>,
  { down, across, widths, resize }: Views,
) {
  const { range, setRange } = grid
  const size = { rows: rows.length, columns: columns.length, page: 1 }

  const go = (to: Place, extend: boolean) => {
    setRange({ active: to, anchor: extend && range ? range.anchor : to })
    if (to.row >= 0) down.scrollToIndex(to.row)
    across.scrollToIndex(to.column)
  }

  const command = (event: KeyboardEvent, active: Place): boolean => {
    const column = columns[active.column]
    const row = rows[active.row]
    const mod = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (mod && key === 'a') {
      setRange({ anchor: { row: 0, column: 0 }, active: { row: rows.length - 1, column: columns.length - 1 } })
      return true
    }
    if (mod && key === 'c') {
      // Text that was selected in a cell is copied as such.
      if (!onCopy || getSelection()?.toString()) return false
      onCopy()
      return true
    }
    if (mod || !column) return false
    if (active.row === -1 && event.shiftKey && /^Arrow(Left|Right)$/.test(event.key)) {
      resize(column.key, (widths[active.column] ?? 0) + (event.key === 'ArrowLeft' ? -16 : 16))
      return true
    }
    if (event.key === 'Enter' || event.key === ' ') {
      if (active.row === -1) {
        if (column.sortable !== false) onSort?.(column.key)
      } else if (row !== undefined) onOpen?.(row, column)
      return true
    }
    return row !== undefined && (onKey?.(event.key, row) ?? false)
  }

  const press = (event: KeyboardEvent) => {
    // A button or field inside a cell has keys of its own.
    if (event.target !== event.currentTarget || columns.length === 0) return
    const active = within(range?.active ?? { row: 0, column: 0 }, size)
    if (command(event, active)) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    const page = Math.max(1, Math.floor((event.currentTarget.clientHeight - 28) / 28) - 1)
    const to = moved(active, event, { ...size, page })
    if (!to) return
    event.preventDefault()
    event.stopPropagation()
    go(to, event.shiftKey)
  }

  // Who comes by Tab starts at the first cell.
  const enter = () => {
    if (!range && rows.length) setRange({ active: { row: 0, column: 0 }, anchor: { row: 0, column: 0 } })
  }
  return { press, enter }
}
