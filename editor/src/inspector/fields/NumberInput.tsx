import { type KeyboardEvent, useState } from 'react'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'
import { type InputProps, tied, useForm, useProblems } from './form.ts'
import { readNumber, stepped } from './number.ts'
import { textOf } from './text.ts'

/** A number: what parses is set at once, what does not stays on the page alone; arrows step. */
export function NumberInput({ field, ...props }: InputProps & { readonly field: Field & { kind: 'number' } }) {
  const { path, value, fallback, required } = props
  const { set } = useForm()
  const [typed, setTyped] = useState<string | null>(null)
  const invalid = useProblems(path).length > 0
  const parsed = typed === null ? undefined : readNumber(typed, field.whole)
  const wrong = typed !== null && typed.trim() !== '' && parsed === undefined
  const change = (text: string) => {
    setTyped(text)
    const number = readNumber(text, field.whole)
    if (text.trim() === '') set(path, undefined)
    else if (number !== undefined) set(path, number)
  }
  const step = (event: KeyboardEvent) => {
    const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    const from = typeof value === 'number' ? value : typeof fallback === 'number' ? fallback : (field.least ?? 0)
    if (way === 0) return
    event.preventDefault()
    setTyped(null)
    set(path, stepped(from, way * (event.shiftKey ? 10 : 1), field))
  }
  return (
    <>
      <input
        {...tied(props, invalid || wrong)}
        className="field data"
        inputMode={field.whole ? 'numeric' : 'decimal'}
        value={typed ?? textOf(value)}
        placeholder={textOf(fallback)}
        required={required}
        autoComplete="off"
        onChange={({ target }) => change(target.value)}
        onKeyDown={step}
        onBlur={() => setTyped(null)}
      />
      {wrong && (
        <p className="setting-problem" role="alert">
          {field.whole && readNumber(typed, false) !== undefined ? words.notWhole(typed) : words.notNumber(typed)}
        </p>
      )}
    </>
  )
}
