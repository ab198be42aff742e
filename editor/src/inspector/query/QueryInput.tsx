import { useRef } from 'react'
import { useCodeEditor } from '../expression/useCodeEditor.ts'
import { type InputProps, useForm, useProblems } from '../fields/form.ts'
import { afterTyping, textOf } from '../fields/text.ts'
import { words } from '../words.ts'
import { queryExtensions } from './editor.ts'
import '../expression/expression.css'
import './query.css'

/** A query over the node's inputs, on as many lines as it needs: proposes tables and columns, marks the error where it is. */
export function QueryInput(props: InputProps) {
  const { path, value, fallback, id, label, describedBy } = props
  const form = useForm()
  const problems = useProblems(path)
  const invalid = problems.length > 0
  const attributes = {
    id,
    'aria-label': label,
    ...(describedBy && { 'aria-describedby': describedBy }),
    ...(invalid && { 'aria-invalid': 'true' }),
    'aria-multiline': 'true',
  }
  // The editor lives longer than one drawing of the form: it reads what is newest from here.
  const latest = useRef({ form, path, fallback, attributes })
  latest.current = { form, path, fallback, attributes }
  const { place } = useCodeEditor(textOf(value), problems, () =>
    queryExtensions({
      tables: () => latest.current.form.inputs,
      onChange: (next) => latest.current.form.set(latest.current.path, afterTyping(next, latest.current.fallback)),
      placeholder: textOf(fallback) || words.query.placeholder,
      attributes: () => latest.current.attributes,
    }),
  )
  return <div ref={place} className="expression query" data-invalid={invalid || undefined} />
}
