import type { RunView } from '@headrace/runtime/api'
import { Waypoints } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { type TraceState, traceRow, useTrace } from './state.ts'
import { TracedWay } from './TracedWay.tsx'
import { words } from './words.ts'
import './trace.css'

/** The way of one row through a run's nodes: named here, or chosen in Rows or Rejected. */
export function Trace({ run }: { readonly run: RunView | null }) {
  const { run: asked, row, state } = useTrace()
  const [text, setText] = useState(row)
  useEffect(() => setText(row), [row])
  if (!run) return <div className="drawer-empty">{words.noRun}</div>
  const ask = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) void traceRow(run.id, text.trim())
  }
  return (
    <>
      <form className="search-form" onSubmit={ask}>
        <Waypoints size={15} aria-hidden />
        <input
          className="field search-field data"
          aria-label={words.row}
          placeholder={words.placeholder}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" className="button" disabled={text.trim() === '' || state.kind === 'asking'}>
          {words.ask}
        </button>
      </form>
      {/* Of another run nothing is told here. */}
      <Told state={asked === run.id || asked === run.replayOf ? state : { kind: 'idle' }} />
    </>
  )
}

function Told({ state }: { readonly state: TraceState }) {
  if (state.kind !== 'answer')
    return (
      <div className="drawer-empty" role="status">
        {state.kind === 'idle' && <p>{words.idle}</p>}
        {state.kind === 'asking' && <p>{words.asking}</p>}
        {state.kind === 'failed' && (
          <>
            <p className="trace-failed">{state.says}</p>
            <p>{state.hint}</p>
          </>
        )}
      </div>
    )
  const { found, rows, asked, notes } = state.answer
  return (
    <div className="trace">
      {notes.map((note) => (
        <p key={note} className="trace-note">
          {note}
        </p>
      ))}
      {rows.length === 0 && <p>{words.none(asked)}</p>}
      {rows.length > 0 && found > rows.length && <p>{words.found(found, rows.length, asked)}</p>}
      {rows.map((row) => (
        <TracedWay key={row.identity} row={row} />
      ))}
    </div>
  )
}
