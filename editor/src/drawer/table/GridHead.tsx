// biome-ignore-all lint/a11y/useSemanticElements: a table of which only a part is drawn; the roles tell its whole size
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself has the focus and names the active cell
import type { VirtualItem } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { PointerEvent } from 'react'
import type { Sort } from './arrange.ts'
import type { GridColumn } from './Grid.tsx'

export interface GridHeadProps<Row> {
  readonly id: string
  readonly columns: readonly GridColumn<Row>[]
  readonly seen: readonly VirtualItem[]
  readonly width: number
  readonly sort: Sort | null
  readonly active: number | null
  readonly onSort: ((column: string) => void) | undefined
  readonly onResize: (column: string, width: number) => void
}

/** A grid's head: names and types, sorting by a click, a handle at each column's right edge. */
export function GridHead<Row>({ id, columns, seen, width, sort, active, onSort, onResize }: GridHeadProps<Row>) {
  return (
    <div className="grid-head" role="rowgroup" style={{ width }}>
      <div className="grid-row" role="row" aria-rowindex={1}>
        {seen.map(({ index, start, size }) => {
          const column = columns[index]
          if (!column) return null
          const sorted = sort?.column === column.key
          const order = sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'
          const sortable = Boolean(onSort) && column.sortable !== false
          const marks = ['grid-cell', column.numeric && 'numeric', active === index && 'active', sortable && 'sortable']
          return (
            <div
              key={column.key}
              id={`${id}--1-${index}`}
              className={marks.filter(Boolean).join(' ')}
              role="columnheader"
              aria-colindex={index + 1}
              {...(sortable && { 'aria-sort': order })}
              data-row={-1}
              data-column={index}
              title={column.type ? `${column.title}: ${column.type}` : column.title}
              style={{ left: start, width: size }}
            >
              <span className="grid-title">{column.title}</span>
              {column.type && <span className="grid-type">{column.type}</span>}
              {sorted && (sort.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
              <Edge width={size} onResize={(to) => onResize(column.key, to)} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** The handle that draws a column wider; with the keyboard it is Shift and an arrow in the head. */
function Edge({ width, onResize }: { readonly width: number; readonly onResize: (width: number) => void }) {
  const drag = (event: PointerEvent<HTMLSpanElement>) => {
    event.stopPropagation()
    const { currentTarget: handle, clientX: from, pointerId } = event
    handle.setPointerCapture(pointerId)
    const move = ({ clientX }: globalThis.PointerEvent) => onResize(width + clientX - from)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true })
  }
  return <span className="grid-edge" data-edge onPointerDown={drag} />
}
