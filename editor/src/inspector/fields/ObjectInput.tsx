import type { Json } from '@headrace/runtime/api'
import { isRecord } from '@headrace/runtime/pipeline'
import { useState } from 'react'
import type { Field } from '../form/field.ts'
import { words } from '../words.ts'
import { FieldInput } from './FieldInput.tsx'
import { FormContext, type InputProps, useForm } from './form.ts'
import { SettingRow } from './SettingRow.tsx'

type ObjectProps = InputProps & { readonly field: Field & { kind: 'object' }; readonly quiet?: boolean }

/** An object's settings, one below the other. */
export function ObjectInput({ field, quiet = false, ...props }: ObjectProps) {
  const { path, value, id, label } = props
  if (field.short !== null) return <ShortObject {...props} field={field} short={field.short} />
  const object = isRecord(value) ? (value as { readonly [key: string]: Json }) : {}
  return (
    <fieldset className="object" id={id} aria-label={label}>
      {field.settings.map((setting) => (
        <SettingRow
          key={setting.name}
          setting={setting}
          path={[...path, setting.name]}
          value={object[setting.name]}
          nested
          quiet={quiet}
        />
      ))}
    </fieldset>
  )
}

/** An object that is written as one text while nothing else in it is set: that text, the rest behind a button. */
function ShortObject({ field, short, ...props }: ObjectProps & { readonly short: string }) {
  const { path, value, id, label } = props
  const form = useForm()
  const object: { readonly [key: string]: Json } = isRecord(value)
    ? (value as { readonly [key: string]: Json })
    : value === undefined
      ? {}
      : { [short]: value }
  const others = field.settings.filter(({ name }) => name !== short)
  const main = field.settings.find(({ name }) => name === short)
  const [open, setOpen] = useState(false)
  const set: typeof form.set = (at, next) => {
    const name = at[path.length]
    if (at.length !== path.length + 1 || typeof name !== 'string') {
      form.set(at, next)
      return
    }
    const { [name]: _, ...rest } = object
    const all = next === undefined ? rest : { ...object, [name]: next }
    const keys = Object.keys(all)
    form.set(path, keys.length === 0 || (keys.length === 1 && keys[0] === short) ? (all[short] ?? '') : all)
  }
  if (!main) return null
  const shown = open || others.some(({ name }) => object[name] !== undefined)
  return (
    <FormContext value={{ ...form, set }}>
      <div className="short">
        <FieldInput {...props} field={main.field} path={[...path, short]} value={object[short]} required />
        {shown ? (
          <div className="short-parts">
            {others.map((setting) => (
              <SettingRow
                key={setting.name}
                setting={setting}
                path={[...path, setting.name]}
                value={object[setting.name]}
                nested
                quiet
              />
            ))}
          </div>
        ) : (
          <button
            type="button"
            className="link-button"
            onClick={() => setOpen(true)}
            aria-label={`${label}: ${words.moreOf(others)}`}
            id={`${id}-more`}
          >
            {words.moreOf(others)}
          </button>
        )}
      </div>
    </FormContext>
  )
}
