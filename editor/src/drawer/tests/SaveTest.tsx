import type { SavedTest, SaveTest as SaveTestQuestion } from '@headrace/runtime/api'
import { X } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { api, Refused } from '../../api/client.ts'
import { useDocument } from '../../model/document.ts'
import { notify } from '../../model/notices.ts'
import type { TestNodes } from './puts.ts'
import { runTests } from './run.ts'
import { showSaving } from './state.ts'
import { words } from './words.ts'
import './savetest.css'

interface SaveTestProps {
  readonly nodes: TestNodes
  /** Identities of the rows that are selected; none: the first ones are put in. */
  readonly identities: readonly string[]
}

const usualRows = 5

/** A line in which rows become a test beside the pipeline: its name, where the rows are put in, how many. */
export function SaveTest({ nodes: { expect, puts }, identities }: SaveTestProps) {
  const [name, setName] = useState(words.called(expect))
  const [put, setPut] = useState(puts[0] ?? '')
  const [rows, setRows] = useState(usualRows)
  const [state, setState] = useState<{ readonly busy: boolean; readonly failed: string }>({ busy: false, failed: '' })
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  useEffect(() => {
    setName(words.called(expect))
    setPut(puts[0] ?? '')
  }, [expect, puts[0]])

  const save = async (event: FormEvent) => {
    event.preventDefault()
    const { id, text } = useDocument.getState()
    if (id === null || !name.trim()) return
    setState({ busy: true, failed: '' })
    const question: SaveTestQuestion = { pipeline: id, text, name: name.trim(), put, expect, rows, identities }
    try {
      const saved = await api.post<SavedTest>('tests', question)
      const hint = `${saved.chosen ? '' : `${words.others} `}${words.command(saved.file)}`
      notify('done', words.saved(saved.file, saved.put, saved.expected), {
        hint,
        actions: [{ title: words.run, run: () => void runTests() }],
      })
      showSaving(false)
    } catch (error) {
      const says = error instanceof Refused ? [error.message, error.hint].filter(Boolean).join('. ') : words.away
      setState({ busy: false, failed: says })
    }
  }
  return (
    <form
      className="savetest"
      aria-label={words.label}
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        showSaving(false)
      }}
    >
      <input
        ref={field}
        className="field savetest-name"
        aria-label={words.name}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      {identities.length ? (
        <span>{words.selected(identities.length)}</span>
      ) : (
        <input
          className="field savetest-rows"
          type="number"
          min={1}
          max={1000}
          aria-label={words.rows}
          value={rows}
          onChange={({ target }) => setRows(Math.max(1, Number(target.value) || 1))}
        />
      )}
      <label>
        {identities.length ? words.put : words.rowsPut}
        <select
          className="field savetest-node"
          aria-label={words.where}
          value={put}
          onChange={({ target }) => setPut(target.value)}
        >
          {puts.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <span className="soft">{words.expected(expect)}</span>
      <button type="submit" className="button" disabled={state.busy || !name.trim()}>
        {state.busy ? words.saving : words.do}
      </button>
      <button type="button" className="icon-button" aria-label={words.close} onClick={() => showSaving(false)}>
        <X size={14} aria-hidden />
      </button>
      {state.failed && (
        <p className="savetest-failed" role="alert">
          {state.failed}
        </p>
      )}
    </form>
  )
}
