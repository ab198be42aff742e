import type { Json } from '@headrace/runtime/api'
import { isRecord } from '@headrace/runtime/pipeline'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { focusDrawn } from '../../model/drawn.ts'
import { emptyOf } from '../form/empty.ts'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'
import { FieldInput } from './FieldInput.tsx'
import { type InputProps, useForm } from './form.ts'
import { ProblemsHere } from './ProblemsHere.tsx'
import { RecordName } from './RecordName.tsx'

/** Values by names that the reader gives: columns with their expressions, tensors with their columns. */
export function RecordInput({ field, ...props }: InputProps & { readonly field: Field & { kind: 'record' } }) {
  const { path, value, required, label, id } = props
  const { set } = useForm()
  const record = isRecord(value) ? (value as { readonly [name: string]: Json }) : {}
  const names = Object.keys(record)
  const [adding, setAdding] = useState(false)
  const rows = adding || (names.length === 0 && required) ? [...names, null] : names
  const rename = (before: string | null, name: string) => {
    const entries = Object.entries(record).map(([key, item]) => [key === before ? name : key, item] as const)
    if (before === null) entries.push([name, emptyOf(field.value)])
    setAdding(false)
    set(path, Object.fromEntries(entries))
  }
  const remove = (name: string | null) => {
    if (name === null) setAdding(false)
    else if (names.length === 1) set(path, required ? {} : undefined)
    else set([...path, name], undefined)
  }
  return (
    <div className="record" data-wide={field.value.kind !== 'text' || field.value.format === 'expression' || undefined}>
      {rows.map((name, i) => (
        // A name that is typed keeps its input
        <div key={i} className="record-entry">
          <RecordName
            id={`${id}-${i}-name`}
            label={words.nameOf(label, i + 1)}
            name={name}
            taken={names}
            columns={field.value.kind === 'text' && field.value.format === 'type'}
            onName={(next) => rename(name, next)}
          />
          <div className="record-value">
            {name !== null && (
              <FieldInput
                field={field.value}
                path={[...path, name]}
                value={record[name]}
                fallback={undefined}
                required
                label={words.valueOf(label, name)}
                id={`${id}-${i}`}
                describedBy={`${id}-${i}-problem`}
              />
            )}
          </div>
          <button
            type="button"
            className="icon-button"
            aria-label={words.remove(name ?? label)}
            disabled={name === null && names.length === 0}
            onClick={() => remove(name)}
          >
            <X size={14} />
          </button>
          {name !== null && (
            <ProblemsHere id={`${id}-${i}-problem`} field={field.value} value={record[name]} path={[...path, name]} />
          )}
        </div>
      ))}
      {!rows.includes(null) && (
        <button
          type="button"
          className="add-button"
          aria-label={words.addTo(label)}
          onClick={() => {
            setAdding(true)
            focusDrawn(() => document.getElementById(`${id}-${names.length}-name`))
          }}
        >
          <Plus size={14} /> {words.add}
        </button>
      )}
    </div>
  )
}
