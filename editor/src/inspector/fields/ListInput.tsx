import type { Json } from '@headrace/runtime/api'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { focusDrawn } from '../../model/drawn.ts'
import { emptyOf } from '../form/empty.ts'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'
import { FieldInput } from './FieldInput.tsx'
import { type InputProps, useForm } from './form.ts'
import { ObjectInput } from './ObjectInput.tsx'
import { ProblemsHere } from './ProblemsHere.tsx'

/** A list of values: add, take out, move (Alt and an arrow does too). */
export function ListInput({ field, ...props }: InputProps & { readonly field: Field & { kind: 'list' } }) {
  const { path, value, required, label, id } = props
  const { set } = useForm()
  const items: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  const write = (next: readonly Json[]) => {
    if (field.single && next.length === 1) set(path, next[0])
    else set(path, next.length === 0 && !required ? undefined : next)
  }
  const focus = (place: number) => focusDrawn(() => document.getElementById(`${id}-${place}`))
  const add = () => {
    set(path, [...(items.length || !field.single ? items : ['']), emptyOf(field.item)])
    focus(field.single ? Math.max(1, items.length) : items.length)
  }
  const remove = (place: number) => write(items.filter((_, i) => i !== place))
  const move = (place: number, to: number) => {
    if (to < 0 || to >= items.length) return
    const next = items.filter((_, i) => i !== place)
    next.splice(to, 0, items[place] as Json) // the place comes from the list
    set(path, next)
    focus(to)
  }
  const onKeyDown = (place: number) => (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    event.stopPropagation()
    move(place, place + (event.key === 'ArrowUp' ? -1 : 1))
  }
  if (field.single && !Array.isArray(value)) {
    return (
      <>
        <FieldInput {...props} field={field.item} />
        {value !== undefined && value !== '' && (
          <button type="button" className="link-button" onClick={add}>
            <Plus size={12} /> {words.oneMore}
          </button>
        )}
      </>
    )
  }
  const card = field.item.kind === 'object' && field.item.short === null
  return (
    <div className="list">
      {items.map((item, i) => {
        const name = words.item(label, i + 1)
        const inner = {
          path: [...path, i],
          value: item,
          fallback: undefined,
          required: true,
          label: name,
          id: `${id}-${i}`,
          describedBy: `${id}-${i}-problem`,
        }
        return (
          // Items have no identity of their own: by its place a field keeps the focus while its value changes.
          <div key={i} className="list-item" data-card={card || undefined} onKeyDownCapture={onKeyDown(i)}>
            <div className="list-value">
              {field.item.kind === 'object' ? (
                <ObjectInput {...inner} field={field.item} quiet={i > 0} />
              ) : (
                <FieldInput {...inner} field={field.item} />
              )}
              <ProblemsHere id={`${id}-${i}-problem`} field={field.item} value={item} path={inner.path} />
            </div>
            <span className="list-actions">
              {items.length > 1 && (
                <>
                  <button
                    type="button"
                    className="icon-button"
                    disabled={i === 0}
                    aria-label={words.moveUp(name)}
                    onClick={() => move(i, i - 1)}
                  >
                    <ArrowUp size={14} />
                  </button>
                  <button
                    type="button"
                    className="icon-button"
                    disabled={i === items.length - 1}
                    aria-label={words.moveDown(name)}
                    onClick={() => move(i, i + 1)}
                  >
                    <ArrowDown size={14} />
                  </button>
                </>
              )}
              <button type="button" className="icon-button" aria-label={words.remove(name)} onClick={() => remove(i)}>
                <X size={14} />
              </button>
            </span>
          </div>
        )
      })}
      <button type="button" className="add-button" aria-label={words.addTo(label)} onClick={add}>
        <Plus size={14} /> {words.add}
      </button>
    </div>
  )
}
