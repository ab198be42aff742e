import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import type { Problem } from '@headrace/runtime/api'
import { useEffect, useRef } from 'react'
import { jsonColours } from './json.ts'
import { words } from './words.ts'

interface Wishes {
  readonly text: string
  readonly problems: readonly Problem[]
  readonly onChange: (text: string) => void
  /** Called with what brings the reader to a line. */
  readonly onReady: (goTo: (line: number, position: number) => void) => void
}

/** A pipeline's text with line numbers, colours and a mark at each problem. */
export function TextEditor({ text, problems, onChange, onReady }: Wishes) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef(onChange)
  latest.current = onChange

  const extensions = [
    lineNumbers(),
    lintGutter(),
    history(),
    bracketMatching(),
    jsonColours,
    EditorView.contentAttributes.of({ 'aria-label': words.editor }),
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.updateListener.of(({ docChanged, state, transactions }) => {
      if (docChanged && !transactions.some((one) => one.isUserEvent('outside'))) latest.current(state.sliceDoc())
    }),
  ]

  // Made once: what changes comes in through the effects below.
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({ parent: place.current, state: EditorState.create({ doc: text, extensions }) })
    view.current = made
    onReady((line, position) => jump(made, line, position))
    return () => {
      made.destroy()
      view.current = null
    }
  }, [])

  useEffect(() => {
    const { current } = view
    const now = current?.state.sliceDoc()
    if (!current || now === undefined || sameText(now, text)) return
    current.dispatch({ changes: { from: 0, to: now.length, insert: text }, userEvent: 'outside' })
  }, [text])

  useEffect(() => {
    const { current } = view
    if (current) current.dispatch(setDiagnostics(current.state, marksOf(problems, current.state)))
  }, [problems, text])

  return <div ref={place} className="text-editor" />
}

/** The editor has one kind of line end. */
const sameText = (shown: string, text: string): boolean => shown === text.replace(/\r\n?/g, '\n')

function jump(view: EditorView, line: number, position: number): void {
  const found = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)))
  const anchor = Math.min(found.from + position - 1, found.to)
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
  view.focus()
}

function marksOf(problems: readonly Problem[], { doc }: EditorState): Diagnostic[] {
  return problems.flatMap(({ severity, message, hint, place: { line, position = 1 } }) => {
    if (line === undefined || line > doc.lines) return []
    const { from, to } = doc.line(line)
    const start = Math.min(from + position - 1, to)
    return [
      { severity, message: hint ? `${message}. ${hint}` : message, from: Math.min(start, Math.max(from, to - 1)), to },
    ]
  })
}
