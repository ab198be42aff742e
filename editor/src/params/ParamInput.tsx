import { exampleOf, type ParamType } from '@headrace/runtime/pipeline'
import { words } from './words.ts'

interface ParamInputProps {
  readonly id: string
  readonly type: ParamType
  /** As it is typed; '' where nothing is given. */
  readonly text: string
  readonly placeholder?: string
  readonly label?: string
  readonly invalid?: boolean
  readonly describedBy?: string | undefined
  readonly onChange: (text: string) => void
}

/** A value of a parameter, in the field that its type asks for. */
export function ParamInput({ id, type, text, placeholder, label, invalid, describedBy, onChange }: ParamInputProps) {
  const tied = {
    id,
    className: 'field data',
    'aria-label': label,
    'aria-invalid': invalid || undefined,
    'aria-describedby': describedBy,
  }
  if (type === 'bool') {
    return (
      <select {...tied} value={text} onChange={({ target }) => onChange(target.value)}>
        <option value="">{placeholder || words.usual}</option>
        <option value="true">{words.yes}</option>
        <option value="false">{words.no}</option>
      </select>
    )
  }
  // What is no date, such as ${run.date}, has no place in a date's field.
  const isDay = type === 'date' && (text === '' || /^\d{4}-\d\d-\d\d$/.test(text)) && !placeholder?.includes('$')
  return (
    <input
      {...tied}
      type={isDay ? 'date' : 'text'}
      inputMode={type === 'int64' ? 'numeric' : type === 'float64' ? 'decimal' : undefined}
      value={text}
      placeholder={placeholder || exampleOf[type]}
      autoComplete="off"
      spellCheck={false}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}
