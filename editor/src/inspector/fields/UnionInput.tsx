import { emptyOf } from '../form/empty.ts'
import type { Field, Way } from '../form/field.ts'
import { wayOf } from '../form/way.ts'
import { words } from '../words.ts'
import { FieldInput } from './FieldInput.tsx'
import { type InputProps, tied, useForm, useProblems } from './form.ts'

/** One of several kinds of value: first which, then the value. */
export function UnionInput({ field, ...props }: InputProps & { readonly field: Field & { kind: 'union' } }) {
  const { path, value, fallback, required, id, label } = props
  const { set } = useForm()
  const invalid = useProblems(path).length > 0
  const current = wayOf(field.ways, value ?? fallback)
  const options = [
    ...(fallback === undefined && !required ? [{ name: words.notSet, way: undefined }] : []),
    ...field.ways.map((way) => ({ name: wayName(way.field), way })),
  ]
  const choose = (way: Way | undefined) => {
    if (way !== current) set(path, way && emptyOf(way.field))
  }
  return (
    <div className="union">
      <fieldset {...tied(props, invalid)} className="segments" data-default={value === undefined || undefined}>
        {options.map(({ name, way }) => (
          <label key={name} className="segment">
            <input type="radio" name={id} checked={way === current} onChange={() => choose(way)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      {current && value !== undefined && !isSettled(current.field) && (
        <FieldInput {...props} field={current.field} id={`${id}-value`} label={label} />
      )}
    </div>
  )
}

/** A way with one value has nothing more to say. */
const isSettled = (field: Field): boolean => field.kind === 'choice' && field.values.length === 1

function wayName(field: Field): string {
  if (field.kind === 'choice')
    return field.values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')
  if (field.kind === 'columns' || field.kind === 'list' || field.kind === 'tuple') return words.way.list
  if (field.kind === 'union') return words.way.json
  if (field.kind === 'switch') return `${words.yes} / ${words.no}`
  return words.way[field.kind]
}
