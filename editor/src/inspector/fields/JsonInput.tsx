import type { Json } from '@headrace/runtime/api'
import { useState } from 'react'
import { words } from '../words.ts'
import { type InputProps, tied, useForm, useProblems } from './form.ts'

/** Any value as JSON; only what can be read enters the pipeline. */
export function JsonInput(props: InputProps) {
  const { path, value } = props
  const { set } = useForm()
  const [typed, setTyped] = useState<string | null>(null)
  const invalid = useProblems(path, true).length > 0
  const wrong = typed !== null && typed.trim() !== '' && readJson(typed) === undefined
  const shown = typed ?? (value === undefined ? '' : JSON.stringify(value, null, 2))
  return (
    <>
      <textarea
        {...tied(props, invalid || wrong)}
        className="field data json"
        rows={Math.min(10, shown.split('\n').length + 1)}
        value={shown}
        spellCheck={false}
        onChange={({ target }) => {
          setTyped(target.value)
          const next = readJson(target.value)
          if (target.value.trim() === '') set(path, undefined)
          else if (next !== undefined) set(path, next)
        }}
        onBlur={() => {
          if (!wrong) setTyped(null)
        }}
      />
      {wrong && (
        <p className="setting-problem" role="alert">
          {words.notJson}
        </p>
      )}
    </>
  )
}

/** The value of a JSON text; undefined where it is none. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json // what JSON.parse gives is JSON
  } catch {
    return undefined
  }
}
