import type { Cell, ColumnView } from '@headrace/runtime/api'
import { Copy, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { bytes, exact } from '../../style/numbers.ts'
import { cellText, norm } from '../table/cells.ts'
import { identityText } from '../table/identity.ts'
import { indented } from '../table/indented.ts'
import { Sketch } from '../table/Sketch.tsx'
import { TraceButton } from '../trace/TraceButton.tsx'
import { words } from '../words.ts'
import { copyText } from './clipboard.ts'

/** A value that was opened: it stays as it is while the rows go on. */
export interface Opened {
  readonly column: ColumnView
  readonly cell: Cell
  readonly identity: string
}

interface ValuePaneProps {
  readonly opened: Opened
  /** The run whose row it is; null: no run's. */
  readonly run: string | null
  readonly onClose: () => void
}

/** One value in full, beside the table. Esc closes it. */
export function ValuePane({ opened, run, onClose }: ValuePaneProps) {
  const { column, cell, identity } = opened
  const pane = useRef<HTMLElement>(null)
  useEffect(() => pane.current?.focus(), [opened])
  const { text, says } = whole(cell)
  return (
    <section
      ref={pane}
      className="pane"
      aria-label={words.pane.label(column.name)}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <header className="pane-head">
        <strong>{column.name}</strong>
        <span className="grid-type">{column.type}</span>
        {run && identity && <TraceButton run={run} identity={identity} />}
        <button
          type="button"
          className="drawer-tool"
          aria-label={words.pane.copy}
          title={words.pane.copy}
          onClick={() => void copyText(text, words.pane.copied)}
        >
          <Copy size={15} aria-hidden />
        </button>
        <button
          type="button"
          className="drawer-tool"
          aria-label={words.pane.close}
          title={words.pane.close}
          onClick={onClose}
        >
          <X size={15} aria-hidden />
        </button>
      </header>
      <p className="soft">{[identityText(identity), says].filter(Boolean).join(' · ')}</p>
      {cell !== null && typeof cell === 'object' && 'vector' in cell && <Sketch values={cell.sketch} />}
      <pre className="pane-value data">{cell === null ? words.pane.null : text}</pre>
    </section>
  )
}

/** All that is here of a value, and what to say about it. */
function whole(cell: Cell): { text: string; says: string } {
  if (cell === null || typeof cell === 'number' || typeof cell === 'boolean') return { text: cellText(cell), says: '' }
  if (typeof cell === 'string') return { text: cell, says: words.pane.characters(cell.length) }
  if ('text' in cell) return { text: cell.text, says: words.pane.cut(cell.text.length, cell.length) }
  if ('bytes' in cell) return { text: cell.head, says: `${bytes(cell.bytes)} (${exact(cell.bytes)} bytes), base64` }
  if ('vector' in cell)
    return {
      text: `dimension ${cell.vector}\nnorm ${norm(cell.norm)}\n${cell.sketch.join('\n')}`,
      says: words.pane.sketch(cell.sketch.length),
    }
  if (cell.json.length < cell.length) return { text: cell.json, says: words.pane.cut(cell.json.length, cell.length) }
  return { text: indented(cell.json), says: words.pane.characters(cell.length) }
}
