import { useEffect, useRef } from 'react'
import { light, useLit } from '../../model/lit.ts'
import { select } from '../../model/selection.ts'
import { useScene } from '../scene/store.ts'
import { canvasElement, stage, useStage } from '../stage.ts'
import { hint } from '../way.ts'
import { words } from '../words.ts'
import './columns.css'

const close = () => {
  stage({ columns: null })
  hint(null)
  canvasElement()?.focus({ preventScroll: true })
}

/** The columns and types of an edge, below its chip; each lights its way. */
export function ColumnsPopover() {
  const open = useStage((stage) => stage.columns)
  const edge = useScene(({ scene }) => (open ? scene.edges.find(({ id }) => id === open.edge) : undefined))
  const lit = useLit()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    select({ edge: open.edge })
    box.current?.querySelector<HTMLElement>('button')?.focus()
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) stage({ columns: null })
    }
    addEventListener('pointerdown', away, true)
    return () => removeEventListener('pointerdown', away, true)
  }, [open])
  if (!open || !edge?.data) return null
  const { columns } = edge.data
  const top = Math.min(open.screen.y + 8, window.innerHeight - 160)
  return (
    <div
      ref={box}
      className="columns"
      role="dialog"
      aria-label={words.listColumns(open.edge)}
      style={{ left: open.screen.x, top, maxHeight: Math.min(320, window.innerHeight - top - 12) }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      <div className="columns-head">{open.edge}</div>
      {columns === null && <p className="soft">{words.noColumnsWhy}</p>}
      {columns?.map(({ name, type }) => (
        <button
          key={name}
          type="button"
          className="columns-one"
          aria-pressed={lit.edge === open.edge && lit.column === name}
          onMouseEnter={() => hint({ edge: open.edge, column: name })}
          onMouseLeave={() => hint(null)}
          onClick={() => light(open.edge, name)}
        >
          <code>{name}</code>
          <code className="soft">{type}</code>
        </button>
      ))}
      {columns && <p className="soft">{words.columnsHelp}</p>}
    </div>
  )
}
