import { completionStatus, startCompletion } from '@codemirror/autocomplete'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorView } from '@codemirror/view'
import type { Problem } from '@headrace/runtime/api'
import { useEffect, useRef } from 'react'
import { useLibrary } from '../../model/library.ts'
import { type InputProps, useForm, useProblems } from '../fields/form.ts'
import { afterTyping, textOf } from '../fields/text.ts'
import { words } from '../words.ts'
import { proposalsAt } from './complete.ts'
import { expressionExtensions, showText } from './editor.ts'
import './expression.css'

/** An expression over the columns that come in: proposes names, marks the error where it is. */
export function ExpressionInput(props: InputProps) {
  const { path, value, fallback, id, label, describedBy } = props
  const form = useForm()
  const functions = useLibrary((library) => library.functions)
  const problems = useProblems(path)
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const invalid = problems.length > 0
  const text = textOf(value)
  // The editor lives longer than one drawing of the form: it reads what is newest from here.
  const latest = useRef({ form, functions, path, fallback, attributes: {} })
  const attributes = {
    id,
    'aria-label': label,
    ...(describedBy && { 'aria-describedby': describedBy }),
    ...(invalid && { 'aria-invalid': 'true' }),
    'aria-multiline': 'false',
  }
  latest.current = { form, functions, path, fallback, attributes }

  // The editor is made once; what changes is read through `latest`
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({
      parent: place.current,
      doc: text,
      extensions: expressionExtensions({
        names: () => ({ columns: latest.current.form.choice ?? [], functions: latest.current.functions }),
        onChange: (next) => latest.current.form.set(latest.current.path, afterTyping(next, latest.current.fallback)),
        placeholder: textOf(fallback) || words.expression.placeholder,
        attributes: () => latest.current.attributes,
      }),
    })
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

  // A list that opened before the columns were known is made anew; a word that was typed before them finds them.
  const known = useRef(false)
  const columns = JSON.stringify(form.choice)
  useEffect(() => {
    const { current } = view
    const first = !known.current && Boolean(form.choice?.length)
    known.current = Boolean(form.choice?.length)
    if (!current?.hasFocus) return
    const { doc, selection } = current.state
    const waits = first && proposalsAt(doc.toString(), selection.main.head, { columns: [], functions: [] })
    if (completionStatus(current.state) || waits) startCompletion(current)
    // Each check brings the columns anew: the list is only made anew where they are others.
  }, [columns])

  return <div ref={place} className="expression" data-invalid={invalid || undefined} />
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
