import type { RejectedRow } from '@headrace/runtime/api'
import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { identityText } from '../table/identity.ts'
import { TraceButton } from '../trace/TraceButton.tsx'
import { words } from '../words.ts'
import { fieldText, type Mended, mendedOf } from './mended.ts'

interface FixPaneProps {
  readonly row: RejectedRow
  /** The run that rejected it. */
  readonly run: string
  /** What was changed of it already. */
  readonly before: Mended | undefined
  readonly busy: boolean
  /** Keeps a change; null: the row is as it was. */
  readonly onKeep: (mended: Mended | null) => void
  readonly onReplay: (mended: Mended | null) => void
  readonly onClose: () => void
}

/** One rejected row: why, as it was, and fields to mend it. Ctrl+Enter replays it, at once or when the run has ended; Esc closes. */
export function FixPane({ row, run, before, busy, onKeep, onReplay, onClose }: FixPaneProps) {
  const [raw, setRaw] = useState(before?.raw ?? row.raw)
  const [texts, setTexts] = useState<{ readonly [column: string]: string }>(() =>
    Object.fromEntries(
      Object.entries(before?.values ?? {}).map(([column, value]) => [
        column,
        typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
      ]),
    ),
  )
  const pane = useRef<HTMLElement>(null)
  useEffect(() => pane.current?.querySelector<HTMLElement>('textarea:enabled, input:enabled')?.focus(), [])
  const mended = mendedOf(row, raw, texts)
  // Asked for while the run is at work it is done when that has ended.
  const [wanted, setWanted] = useState(false)
  useEffect(() => {
    if (wanted && !busy) onReplay(mended)
  }, [wanted, busy])
  const close = () => {
    onKeep(mended)
    onClose()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      // Never on to the page, where these keys start a run.
      event.stopPropagation()
      event.preventDefault()
      setWanted(true)
    }
  }
  const place = row.file === null ? identityText(row.identity) : words.rejected.where(row.file, row.line)
  return (
    <section ref={pane} className="pane" aria-label={words.rejected.pane(place)} onKeyDown={press}>
      <header className="pane-head">
        <strong>{row.node}</strong>
        <span className="soft">{place}</span>
        <TraceButton run={run} identity={row.identity} />
        <button
          type="button"
          className="drawer-tool"
          aria-label={words.pane.close}
          title={words.pane.close}
          onClick={close}
        >
          <X size={15} aria-hidden />
        </button>
      </header>
      <p className="rejected-why">{row.message}</p>
      {row.raw !== null ? (
        <textarea
          className="field data rejected-text"
          aria-label={words.rejected.rawText}
          rows={Math.min(6, Math.max(2, row.raw.split('\n').length))}
          spellCheck={false}
          value={raw ?? ''}
          onChange={({ target }) => setRaw(target.value)}
        />
      ) : (
        Object.entries(row.values).map(([column, cell]) => {
          const was = fieldText(cell)
          return (
            <label key={column} className="rejected-value">
              <span className={column === row.column ? 'rejected-column' : 'soft'}>{column}</span>
              <input
                className="field data"
                disabled={was === null}
                title={was === null ? words.rejected.cut : undefined}
                placeholder={cell === null ? 'null' : was === null ? words.rejected.cut : ''}
                value={texts[column] ?? was ?? ''}
                onChange={({ target }) => setTexts((all) => ({ ...all, [column]: target.value }))}
              />
            </label>
          )
        })
      )}
      <footer className="pane-foot">
        <button type="button" className="button primary" disabled={busy} onClick={() => onReplay(mended)}>
          {words.rejected.replayRow}
        </button>
        {wanted && <span className="soft">{words.rejected.replayLater}</span>}
        {mended && (
          <button
            type="button"
            className="button"
            onClick={() => {
              setRaw(row.raw)
              setTexts({})
            }}
          >
            {words.rejected.undo}
          </button>
        )}
      </footer>
    </section>
  )
}
