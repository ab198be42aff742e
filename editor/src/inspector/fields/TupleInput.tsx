import { emptyOf } from '../form/empty.ts'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'
import { FieldInput } from './FieldInput.tsx'
import { FormContext, type InputProps, useForm } from './form.ts'

/** A list of a fixed length, each place with its own kind of value. */
export function TupleInput({ field, ...props }: InputProps & { readonly field: Field & { kind: 'tuple' } }) {
  const { path, value, fallback, id, label } = props
  const form = useForm()
  const given = Array.isArray(value) ? value : null
  const filled = given ?? (Array.isArray(fallback) ? fallback : field.items.map(emptyOf))
  // The whole list is written: a list with only its second place would be none.
  const set: typeof form.set = ([...at], next) => {
    const place = at[path.length]
    if (at.length !== path.length + 1 || typeof place !== 'number') form.set(at, next)
    else
      form.set(
        path,
        filled.map((item, i) => (i === place ? (next ?? emptyOf(field.items[i] ?? { kind: 'json' })) : item)),
      )
  }
  return (
    <FormContext value={{ ...form, set }}>
      <div className="tuple">
        {field.items.map((item, i) => (
          <FieldInput
            // The places of a tuple never move
            key={i}
            field={item}
            path={[...path, i]}
            value={given?.[i]}
            fallback={Array.isArray(fallback) ? fallback[i] : undefined}
            required
            label={words.item(label, i + 1)}
            id={`${id}-${i}`}
            describedBy={props.describedBy}
          />
        ))}
      </div>
    </FormContext>
  )
}
