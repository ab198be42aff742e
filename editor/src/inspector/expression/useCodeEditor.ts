import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import type { Problem } from '@headrace/runtime/api'
import { type RefObject, useEffect, useRef } from 'react'
import { showText } from './editor.ts'

interface CodeEditor {
  /** The element in which the editor stands. */
  readonly place: RefObject<HTMLDivElement | null>
  readonly view: RefObject<EditorView | null>
}

/** A small editor for a setting's text: made once, it follows the text and marks the problems that name characters. */
export function useCodeEditor(text: string, problems: readonly Problem[], extensions: () => Extension): CodeEditor {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)

  // Made once; what changes its extensions read for themselves.
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({ parent: place.current, doc: text, extensions: extensions() })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [])

  useEffect(() => {
    if (view.current) showText(view.current, text)
  }, [text])

  useEffect(() => {
    const { current } = view
    if (current) current.dispatch(setDiagnostics(current.state, marksOf(problems, current.state.doc.length)))
  }, [problems])

  return { place, view }
}

/** The problems that name characters, as marks under them. */
function marksOf(problems: readonly Problem[], length: number): Diagnostic[] {
  return problems.flatMap(({ severity, message, place: { span } }) => {
    if (!span) return []
    const to = Math.min(span[1], length)
    const from = Math.max(0, Math.min(span[0], to === span[0] ? to - 1 : to))
    return [{ severity, message, from, to }]
  })
}
