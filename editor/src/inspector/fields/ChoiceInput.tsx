import { Select } from '@base-ui/react/select'
import type { Json } from '@headrace/runtime/api'
import { Check, ChevronDown } from 'lucide-react'
import { words } from '../words.ts'
import { type InputProps, tied, useForm, useProblems } from './form.ts'

interface ChoiceProps extends InputProps {
  readonly values: readonly Json[]
  /** What each value is called; the value itself where nothing is given. */
  readonly names?: { readonly [value: string]: string }
}

/** A few values side by side, more of them in a list that opens. */
export function ChoiceInput({ values, names = {}, ...props }: ChoiceProps) {
  const { path, value, fallback, required } = props
  const { set } = useForm()
  const invalid = useProblems(path).length > 0
  const nameOf = (one: Json): string => names[String(one)] ?? nameOfValue(one)
  const known = value === undefined || values.includes(value) ? values : [...values, value]
  // Null stands for "not set": the node decides.
  const options = [...(fallback === undefined && !required ? [undefined] : []), ...known].map((one) => ({
    value: one,
    key: one === undefined ? '' : JSON.stringify(one),
    name: one === undefined ? words.notSet : nameOf(one),
  }))
  const current = value ?? fallback
  const key = current === undefined ? (required ? null : '') : JSON.stringify(current)
  const choose = (chosen: string | null) => {
    const option = options.find((one) => one.key === chosen)
    if (option) set(path, option.value === fallback ? undefined : option.value)
  }
  const letters = options.reduce((sum, { name }) => sum + name.length + 3, 0)
  if (options.length <= 4 && letters <= 36) {
    return (
      <fieldset {...tied(props, invalid)} className="segments" data-default={value === undefined || undefined}>
        {options.map((option) => (
          <label key={option.key} className="segment">
            <input type="radio" name={props.id} checked={option.key === key} onChange={() => choose(option.key)} />
            <span>{option.name}</span>
          </label>
        ))}
      </fieldset>
    )
  }
  const items = Object.fromEntries(options.map((option) => [option.key, option.name]))
  return (
    <Select.Root items={items} value={key} onValueChange={choose}>
      <Select.Trigger
        {...tied(props, invalid)}
        className="field select"
        data-default={value === undefined || undefined}
      >
        <Select.Value />
        <Select.Icon className="select-icon">
          <ChevronDown size={14} />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner className="popup-place" alignItemWithTrigger={false} sideOffset={4}>
          <Select.Popup className="popup list-popup">
            <Select.List>
              {options.map((option) => (
                <Select.Item key={option.key} value={option.key} className="option">
                  <Select.ItemText>{option.name}</Select.ItemText>
                  <Select.ItemIndicator className="option-mark">
                    <Check size={14} />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  )
}

const nameOfValue = (value: Json): string =>
  value === true
    ? words.yes
    : value === false
      ? words.no
      : typeof value === 'string' && value !== ''
        ? value
        : JSON.stringify(value)
