import { paramTypeOf, readValue } from '@headrace/runtime/pipeline'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useDocument } from '../model/document.ts'
import { givenTo, giveParam } from '../model/params.ts'
import { ParamInput } from './ParamInput.tsx'
import { words } from './words.ts'
import './params.css'

interface ParamsFormProps {
  /** The values are given: the run goes on. */
  readonly onDone: () => void
  readonly onCancel: () => void
}

/** What a run is asked for before it starts: a field for each parameter, with the values of the last time. */
export function ParamsForm({ onDone, onCancel }: ParamsFormProps) {
  const id = useDocument((document) => document.id)
  const params = useDocument(({ pipeline }) => pipeline?.params) ?? {}
  const settled = useDocument(({ checked }) => checked?.params)
  const given = id === null ? {} : givenTo(id)
  const form = useRef<HTMLFormElement>(null)
  const [typed, setTyped] = useState<{ readonly [name: string]: string }>({})
  const [shown, setShown] = useState(false)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select')?.focus(), [])

  const fields = Object.entries(params).map(([name, param]) => {
    const type = paramTypeOf(param.type) ?? 'string'
    const before = given[name] ?? settled?.[name]
    const text = typed[name] ?? (before === undefined || before === null ? '' : String(before))
    const read = text === '' ? null : readValue(type, text)
    const missing = text === '' && param.default === undefined && type !== 'string'
    const problem = read && 'code' in read ? `${read.message}. ${read.hint}` : missing ? words.needed : null
    return { name, param, type, text, value: read && 'value' in read ? read.value : undefined, problem }
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setShown(true)
    if (id === null || fields.some(({ problem }) => problem)) return
    for (const { name, param, type, text, value } of fields) {
      if (typed[name] === undefined) continue
      // A text without a default may be empty.
      giveParam(id, name, text === '' && type === 'string' && param.default === undefined ? '' : value)
    }
    onDone()
  }
  return (
    <form ref={form} className="params-form" onSubmit={submit}>
      {fields.map(({ name, param, type, text, problem }) => (
        <div key={name} className="setting">
          <label className="setting-label data" htmlFor={`run-param-${name}`}>
            {name}
          </label>
          <ParamInput
            id={`run-param-${name}`}
            type={type}
            text={text}
            placeholder={param.default === undefined ? '' : String(param.default)}
            invalid={shown && problem !== null}
            describedBy={`run-param-${name}-help`}
            onChange={(next) => setTyped({ ...typed, [name]: next })}
          />
          {((shown && problem) || param.description) && (
            <p id={`run-param-${name}-help`} className={shown && problem ? 'setting-problem' : 'setting-help'}>
              {(shown && problem) || param.description}
            </p>
          )}
        </div>
      ))}
      <div className="bar-panel-buttons">
        <button type="button" className="button" onClick={onCancel}>
          {words.cancel}
        </button>
        <button type="submit" className="button primary">
          {words.run}
        </button>
      </div>
    </form>
  )
}
