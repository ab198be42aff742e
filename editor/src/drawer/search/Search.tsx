import type { SearchAnswer, SearchQuestion } from '@headrace/runtime/api'
import { SearchIcon } from 'lucide-react'
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import { api, Refused } from '../../api/client.ts'
import { announce } from '../../model/announce.ts'
import { useDocument } from '../../model/document.ts'
import { paramsAsked } from '../../model/params.ts'
import { useSelection } from '../../model/selection.ts'
import { RowsTable } from '../rows/RowsTable.tsx'
import { arrangeDrawer, useDrawer } from '../settings.ts'
import { Tools } from '../Tools.tsx'
import { nextSort, type Sort } from '../table/arrange.ts'
import { words } from '../words.ts'
import { distanceColumn, withoutDistance } from './distance.tsx'
import './search.css'

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'answer'; readonly answer: SearchAnswer; readonly question: string }
  | { readonly kind: 'failed'; readonly says: string; readonly hint: string }

/** Asks a vector sink for the rows nearest to a question; works during a run too. */
export function Search({ sinks }: { readonly sinks: readonly string[] }) {
  const { searchSink } = useDrawer()
  const selected = useSelection(({ nodes }) => nodes.at(-1))
  const sink = sinks.find((id) => id === selected) ?? sinks.find((id) => id === searchSink) ?? sinks[0] ?? ''
  const [question, setQuestion] = useState('')
  const [state, setState] = useState<State>({ kind: 'idle' })
  const [sort, setSort] = useState<Sort | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const asking = useRef<AbortController | null>(null)
  useEffect(() => {
    field.current?.focus()
    return () => asking.current?.abort()
  }, [])

  const ask = async (event: FormEvent) => {
    event.preventDefault()
    const { id, text } = useDocument.getState()
    if (id === null || question.trim() === '') return
    asking.current?.abort()
    const control = new AbortController()
    asking.current = control
    setState({ kind: 'asking' })
    const asked: SearchQuestion = {
      pipeline: id,
      text,
      node: sink,
      question: question.trim(),
      rows: 20,
      ...paramsAsked(),
    }
    try {
      const answer = await api.post<SearchAnswer>('search', asked, control.signal)
      setState({ kind: 'answer', answer, question: asked.question })
      announce(words.search.found(answer.rows.rows.length, answer.milliseconds))
    } catch (error) {
      if (control.signal.aborted) return
      const refused = error instanceof Refused
      setState({
        kind: 'failed',
        says: refused ? error.message : words.search.away,
        hint: (refused ? error.hint : undefined) ?? words.search.hint,
      })
    }
  }
  const answer = state.kind === 'answer' ? state.answer : null
  const page = useMemo(() => answer && withoutDistance(answer.rows), [answer])
  const first = useMemo(() => (answer ? [distanceColumn(answer.rows)] : []), [answer])
  return (
    <>
      <Tools>
        {answer && (
          <p className="drawer-says">
            <span>{words.search.found(answer.rows.rows.length, answer.milliseconds)}</span>
          </p>
        )}
      </Tools>
      <form className="search-form" onSubmit={(event) => void ask(event)}>
        <SearchIcon size={15} aria-hidden />
        <input
          ref={field}
          className="field search-field"
          aria-label={words.search.question(sink)}
          placeholder={words.search.placeholder}
          value={question}
          onChange={({ target }) => setQuestion(target.value)}
        />
        {sinks.length > 1 && (
          <select
            className="field drawer-choice"
            aria-label={words.search.sink}
            value={sink}
            onChange={({ target }) => arrangeDrawer({ searchSink: target.value })}
          >
            {sinks.map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        )}
        <button type="submit" className="button" disabled={question.trim() === '' || state.kind === 'asking'}>
          {words.search.ask}
        </button>
      </form>
      {page?.rows.length ? (
        <RowsTable
          label={words.search.label(sink)}
          page={page}
          filter=""
          sort={sort}
          onSort={(column) => setSort(nextSort(sort, column))}
          identities={false}
          first={first}
          empty={null}
          onClear={() => {}}
        />
      ) : (
        <div className="drawer-empty" role="status">
          {state.kind === 'idle' && <p>{words.search.idle(sink)}</p>}
          {state.kind === 'asking' && <p>{words.search.asking}</p>}
          {state.kind === 'failed' && (
            <>
              <p className="search-failed">{state.says}</p>
              <p>{state.hint}</p>
            </>
          )}
          {state.kind === 'answer' && <p>{words.search.empty(sink)}</p>}
        </div>
      )}
    </>
  )
}
