import { completionStatus, startCompletion } from '@codemirror/autocomplete'
import { paramTypeOf } from '@headrace/runtime/pipeline'
import { useEffect, useRef } from 'react'
import { useDocument } from '../../model/document.ts'
import { useLibrary } from '../../model/library.ts'
import { type InputProps, useForm, useProblems } from '../fields/form.ts'
import { afterTyping, textOf } from '../fields/text.ts'
import { words } from '../words.ts'
import { proposalsAt } from './complete.ts'
import { expressionExtensions } from './editor.ts'
import { useCodeEditor } from './useCodeEditor.ts'
import './expression.css'

/** The open pipeline's parameters with their types. */
function paramsKnown() {
  const params = useDocument.getState().pipeline?.params ?? {}
  return Object.entries(params).map(([name, { type }]) => ({ name, type: paramTypeOf(type) ?? type }))
}

/** An expression over the columns that come in: proposes names, marks the error where it is. */
export function ExpressionInput(props: InputProps) {
  const { path, value, fallback, id, label, describedBy } = props
  const form = useForm()
  const functions = useLibrary((library) => library.functions)
  const problems = useProblems(path)
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

  const { place, view } = useCodeEditor(text, problems, () =>
    expressionExtensions({
      names: () => ({
        columns: latest.current.form.choice ?? [],
        functions: latest.current.functions,
        params: paramsKnown(),
      }),
      onChange: (next) => latest.current.form.set(latest.current.path, afterTyping(next, latest.current.fallback)),
      placeholder: textOf(fallback) || words.expression.placeholder,
      attributes: () => latest.current.attributes,
    }),
  )

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
