// biome-ignore-all lint/a11y/useSemanticElements: a table of which only a part is drawn; the roles tell its whole size
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus and names the active cell
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useId, useMemo, useState } from 'react'
import type { Sort } from './arrange.ts'
import { GridHead } from './GridHead.tsx'
import { GridRow } from './GridRow.tsx'
import { filled } from './moves.ts'
import type { GridState } from './useGrid.ts'
import { useGridKeys } from './useGridKeys.ts'
import { useGridPointer } from './useGridPointer.ts'
import { useWidth } from './useWidth.ts'
import './grid.css'

/** A column of a grid and how its cells are drawn. */
export interface GridColumn<Row> {
  readonly key: string
  readonly title: string
  /** The type beside the title. */
  readonly type?: string
  /** In pixels, before what room is left is handed out. */
  readonly width: number
  /** Takes of the room that is left. */
  readonly stretch?: boolean
  readonly numeric?: boolean
  readonly sortable?: boolean
  readonly cell: (row: Row) => ReactNode
  /** What stands in full on hover, where `cell` may be cut. */
  readonly full?: (row: Row) => string | undefined
}

export interface GridProps<Row> {
  /** For screen readers: `Rows of text → vectors`. */
  readonly label: string
  readonly columns: readonly GridColumn<Row>[]
  readonly rows: readonly Row[]
  readonly grid: GridState
  readonly sort?: Sort | null
  readonly onSort?: (column: string) => void
  /** Enter or a double click on a cell. */
  readonly onOpen?: (row: Row, column: GridColumn<Row>) => void
  /** A single click on a row. */
  readonly onChoose?: (row: Row) => void
  /** Ctrl+C. */
  readonly onCopy?: () => void
  /** Any other key on a row. */
  readonly onKey?: (key: string, row: Row) => boolean
  /** Stands in place of the rows where there are none. */
  readonly empty?: ReactNode
  /** The last row came in sight: there may be more to fetch. */
  readonly onEnd?: () => void
  /** Keeps the last row in sight as rows are added. */
  readonly follow?: boolean
  /** A class for a row: `mended`. */
  readonly rowClass?: (row: Row) => string
}

const rowHeight = 28

/**
 * A table of any length and width of which only what is seen is drawn, with the keys of a spreadsheet. The focus stays
 * on the table; `aria-activedescendant` names the cell, so that a row that scrolls away takes no focus with it.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, columns, rows, grid, sort = null, empty, rowClass } = props
  const id = useId()
  const [dragged, setDragged] = useState<{ readonly [key: string]: number }>({})
  const room = useWidth(grid.element)
  const widths = useMemo(
    () =>
      filled(
        columns.map(({ key, width }) => dragged[key] ?? width),
        columns.map(({ key, stretch = false }) => stretch && !(key in dragged)),
        room,
      ),
    [columns, dragged, room],
  )
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => grid.element.current,
    estimateSize: () => rowHeight,
    scrollPaddingStart: rowHeight,
    overscan: 4,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => grid.element.current,
    estimateSize: (i) => widths[i] ?? 0,
    overscan: 2,
  })
  useEffect(() => across.measure(), [across, widths])
  const last = props.follow ? rows.length - 1 : -1
  useEffect(() => {
    if (last >= 0) down.scrollToIndex(last)
  }, [down, last])

  const end = down.getVirtualItems().at(-1)?.index === rows.length - 1 && rows.length > 0
  const { onEnd } = props
  useEffect(() => {
    if (end) onEnd?.()
  }, [end, onEnd])
  const resize = (key: string, width: number) => setDragged((before) => ({ ...before, [key]: Math.max(48, width) }))
  const keys = useGridKeys(props, { down, across, resize, widths })
  const pointer = useGridPointer(props)
  const { range } = grid
  // Rows may have gone since the cell was chosen.
  const there = range && range.active.row < rows.length && range.active.column < columns.length
  const active = there && `${id}-${range.active.row}-${range.active.column}`
  const selected = grid.selected({ rows: rows.length, columns: columns.length })
  const seen = across.getVirtualItems()
  const total = across.getTotalSize()
  return (
    <div
      ref={grid.element}
      className="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-multiselectable="true"
      {...(active && { 'aria-activedescendant': active })}
      tabIndex={0}
      onKeyDown={keys.press}
      onFocus={keys.enter}
      {...pointer}
    >
      <GridHead
        id={id}
        columns={columns}
        seen={seen}
        width={total}
        sort={sort}
        active={range?.active.row === -1 ? range.active.column : null}
        onSort={props.onSort}
        onResize={resize}
      />
      <div className="grid-body" role="rowgroup" style={{ height: down.getTotalSize(), width: total }}>
        {down.getVirtualItems().map(({ index, start }) => (
          <GridRow
            key={index}
            id={id}
            row={rows[index] as Row}
            index={index}
            top={start}
            columns={columns}
            seen={seen}
            active={range?.active.row === index ? range.active.column : null}
            selected={selected && index >= selected.rows[0] && index <= selected.rows[1] ? selected.columns : null}
            className={rowClass?.(rows[index] as Row) ?? ''}
          />
        ))}
      </div>
      {rows.length === 0 && empty && <div className="grid-empty">{empty}</div>}
    </div>
  )
}
