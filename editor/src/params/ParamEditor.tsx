import {
  type PipelineParam,
  paramName,
  paramTypeOf,
  paramTypes,
  readValue,
  removeParam,
  renameParam,
  setParam,
} from '@headrace/runtime/pipeline'
import { Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { edit, useDocument } from '../model/document.ts'
import { useLibrary } from '../model/library.ts'
import { givenTo, giveParam, useParams } from '../model/params.ts'
import { ParamInput } from './ParamInput.tsx'
import { words } from './words.ts'

interface ParamEditorProps {
  readonly place: number
  /** The pipeline's id. */
  readonly id: string
  readonly name: string
  readonly param: PipelineParam
}

/** One parameter as a small form. */
export function ParamEditor({ place, id, name, param }: ParamEditorProps) {
  const type = paramTypeOf(param.type) ?? 'string'
  const field = `param-${place}`
  const set = (key: keyof PipelineParam, value: PipelineParam['default']) =>
    edit(words.changed(name), (before) => setParam(before, name, { [key]: value }), `param ${name} ${key}`)
  const fallback = param.default === undefined ? '' : String(param.default)
  return (
    <div className="param" data-param={name}>
      <div className="param-head">
        <ParamName place={place} name={name} />
        <select
          className="field"
          aria-label={words.type(name)}
          value={type}
          onChange={({ target }) => set('type', target.value)}
        >
          {Object.keys(paramTypes).map((one) => (
            <option key={one} value={one}>
              {words.types[one as keyof typeof words.types]}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="icon-button"
          aria-label={words.remove(name)}
          title={words.remove(name)}
          onClick={() => edit(words.removed(name), (before) => removeParam(before, name))}
        >
          <Trash2 size={14} />
        </button>
      </div>
      <label className="param-label" htmlFor={`${field}-default`}>
        {words.fallback}
      </label>
      <ParamInput
        id={`${field}-default`}
        type={type}
        text={fallback}
        onChange={(text) => {
          const read = readValue(type, text)
          set('default', text === '' ? undefined : 'value' in read ? read.value : text)
        }}
      />
      <label className="param-label" htmlFor={`${field}-description`}>
        {words.description}
      </label>
      <input
        id={`${field}-description`}
        className="field"
        value={param.description ?? ''}
        autoComplete="off"
        onChange={({ target }) => set('description', target.value || undefined)}
      />
      <ValueHere field={field} id={id} name={name} param={param} />
    </div>
  )
}

/** The name; the settings and expressions that name it follow when it is left. */
function ParamName({ place, name }: { readonly place: number; readonly name: string }) {
  const [typed, setTyped] = useState(name)
  const nodes = useLibrary((library) => library.nodes)
  const taken = useDocument(({ pipeline }) => typed !== name && Object.hasOwn(pipeline?.params ?? {}, typed))
  useEffect(() => setTyped(name), [name])
  const wrong = taken || !paramName.test(typed)
  const leave = () => {
    if (wrong) return setTyped(name)
    const schemas = Object.fromEntries(nodes.map(({ type, config }) => [type, config as never])) // JSON Schema, as TypeBox wrote it
    if (typed !== name) edit(words.renamed(name, typed), (before) => renameParam(before, name, typed, schemas))
  }
  return (
    <input
      id={`param-${place}-name`}
      className="field data"
      aria-label={words.name(name)}
      title={words.nameHelp}
      value={typed}
      autoComplete="off"
      spellCheck={false}
      aria-invalid={wrong || undefined}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={leave}
      onKeyDown={({ key }) => {
        if (key === 'Enter') leave()
      }}
    />
  )
}

type ValueProps = Pick<ParamEditorProps, 'id' | 'name' | 'param'> & { readonly field: string }

/** What this page works with: remembered here, and not in the file. */
function ValueHere({ field, id, name, param }: ValueProps) {
  const type = paramTypeOf(param.type) ?? 'string'
  const given = useParams((state) => state.given[id]) ?? givenTo(id)
  const settled = useDocument(({ checked }) => checked?.params[name])
  const kept = given[name] === undefined ? '' : String(given[name])
  const [typed, setTyped] = useState(kept)
  useEffect(() => setTyped(kept), [kept])
  const read = typed === '' ? null : readValue(type, typed)
  const problem = read && 'code' in read ? `${read.message}. ${read.hint}` : null
  return (
    <>
      <label className="param-label" htmlFor={`${field}-here`}>
        {words.here}
      </label>
      <ParamInput
        id={`${field}-here`}
        type={type}
        text={typed}
        placeholder={settled === undefined || settled === null || kept ? '' : String(settled)}
        invalid={problem !== null}
        describedBy={`${field}-here-help`}
        onChange={(text) => {
          setTyped(text)
          const next = text === '' ? null : readValue(type, text)
          if (text === '') giveParam(id, name, undefined)
          else if (next && 'value' in next) giveParam(id, name, next.value)
        }}
      />
      <p id={`${field}-here-help`} className={problem ? 'setting-problem' : 'setting-help'}>
        {problem ?? words.hereHelp}
      </p>
    </>
  )
}
