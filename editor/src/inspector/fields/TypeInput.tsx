import { parseType, types } from '@headrace/runtime/pipeline'
import { words } from '../words.ts'
import { type InputProps, tied, useForm, useProblems } from './form.ts'
import { Suggest } from './Suggest.tsx'
import { textOf } from './text.ts'

const patterns = ['decimal(10, 2)', 'timestamp(ms)', 'timestamp(us, UTC)', 'list<string>', 'float32[384]']
const suggestions = [...Object.keys(types).filter((name) => name !== 'null'), ...patterns].map((name) => ({
  name,
  note: '',
}))

/** A type of a column: the short names in a list, and anything that is written like one. */
export function TypeInput(props: InputProps) {
  const { path, value, fallback, required } = props
  const { set } = useForm()
  const text = textOf(value)
  const invalid = useProblems(path).length > 0
  return (
    <Suggest
      value={text}
      items={suggestions}
      onChange={(next) => set(path, next === '' && !required ? undefined : next)}
      placeholder={textOf(fallback) || words.type.placeholder}
      invalid={text !== '' && parseType(text) === null}
      none={words.type.none}
      openLabel={words.type.open(props.label)}
      attributes={tied(props, invalid)}
    />
  )
}
