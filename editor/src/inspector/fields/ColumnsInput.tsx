import { Combobox } from '@base-ui/react/combobox'
import type { Json } from '@headrace/runtime/api'
import { X } from 'lucide-react'
import { useState } from 'react'
import { words } from '../words.ts'
import { type InputProps, tied, useColumns, useForm, useProblems } from './form.ts'

/** Names of columns, one chip each, in the order in which they were chosen. */
export function ColumnsInput({ single, ...props }: InputProps & { readonly single: boolean }) {
  const { path, value, required, label } = props
  const form = useForm()
  const [query, setQuery] = useState('')
  const invalid = useProblems(path, true).length > 0
  const chosen = namesOf(value)
  const { columns, choice } = useColumns(path)
  const typeOf = new Map(choice?.map(({ name, type }) => [name, type]))
  // What was typed can be chosen too: the columns may not be known yet.
  const typed = query.trim()
  const items = [...new Set([...typeOf.keys(), ...chosen, ...(typed ? [typed] : [])])]
  const choose = (names: readonly string[], { reason }: { readonly reason: string }) => {
    // Escape closes the list or leaves the form; it takes nothing away.
    if (reason === 'escape-key') return
    setQuery('')
    form.set(path, written(names, single, required))
  }
  return (
    <Combobox.Root
      multiple
      items={items}
      value={chosen}
      onValueChange={choose}
      inputValue={query}
      onInputValueChange={setQuery}
      autoHighlight
    >
      <Combobox.InputGroup className="column-chips field" data-invalid={invalid || undefined}>
        <Combobox.Chips className="chips-row">
          {chosen.map((name) => (
            <Combobox.Chip
              key={name}
              className="chip data"
              data-unknown={columns ? !columns.some((one) => one.name === name) : undefined}
            >
              <span
                className="chip-name"
                title={columns && !typeOf.has(name) ? words.column.unknown(name) : typeOf.get(name)}
              >
                {name}
              </span>
              <Combobox.ChipRemove className="chip-remove" aria-label={words.column.remove(name)}>
                <X size={12} />
              </Combobox.ChipRemove>
            </Combobox.Chip>
          ))}
          <Combobox.Input
            {...tied(props, invalid)}
            aria-label={label}
            className="chips-input data"
            placeholder={chosen.length ? '' : words.column.add}
            spellCheck={false}
          />
        </Combobox.Chips>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner className="popup-place" sideOffset={4}>
          <Combobox.Popup className="popup list-popup">
            <Combobox.Empty className="popup-empty">
              {choice === null ? words.column.unknownYet : words.column.none}
            </Combobox.Empty>
            <Combobox.List>
              {(name: string) => (
                <Combobox.Item key={name} value={name} className="option data">
                  <span className="option-name">{name}</span>
                  <span className="option-note">
                    {typeOf.get(name) ?? (columns ? words.column.notThere : '')}
                    {chosen.includes(name) ? ' ✓' : ''}
                  </span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

/** A list of names, whether written as one text or as a list. */
const namesOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((name): name is string => typeof name === 'string' && name !== '')

function written(names: readonly string[], single: boolean, required: boolean): Json | undefined {
  if (names.length === 0) return required ? [] : undefined
  return single && names.length === 1 ? names[0] : [...names]
}
