import { freeParam, type Pipeline, setParam } from '@headrace/runtime/pipeline'
import { Plus } from 'lucide-react'
import { edit } from '../model/document.ts'
import { focusDrawn } from '../model/drawn.ts'
import { ParamEditor } from './ParamEditor.tsx'
import { words } from './words.ts'
import './params.css'

/** The parameters of a pipeline: what they are called, their types and defaults, and the values that this page uses. */
export function ParamsPanel({ id, pipeline }: { readonly id: string; readonly pipeline: Pipeline }) {
  const params = Object.entries(pipeline.params ?? {})
  const add = () => {
    const name = freeParam(pipeline, 'day')
    edit(words.added(name), (before) => setParam(before, name, { type: name === 'day' ? 'date' : 'string' }))
    focusDrawn(() => document.getElementById(`param-${params.length}-name`))
  }
  return (
    <section className="settings" aria-label={words.title}>
      <h3>{words.title}</h3>
      <p className="setting-help">{params.length ? words.help : words.none}</p>
      {params.map(([name, param], place) => (
        // A parameter that is renamed keeps its place, and so its field the cursor.
        <ParamEditor key={`param-${place + 1}`} place={place} id={id} name={name} param={param} />
      ))}
      <div className="button-row">
        <button type="button" className="button" onClick={add}>
          <Plus size={14} aria-hidden /> {words.add}
        </button>
      </div>
    </section>
  )
}
