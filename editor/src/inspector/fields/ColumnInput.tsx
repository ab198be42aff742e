import { words } from '../words.ts'
import { type InputProps, tied, useColumns, useForm, useProblems } from './form.ts'
import { Suggest } from './Suggest.tsx'
import { afterTyping, textOf } from './text.ts'

/** The name of a column, out of those that come in. */
export function ColumnInput(props: InputProps) {
  const { path, value, fallback, label } = props
  const { set } = useForm()
  const { columns, choice } = useColumns(path)
  const text = textOf(value)
  const unknown = columns !== null && text !== '' && !columns.some(({ name }) => name === text)
  const invalid = useProblems(path).length > 0 || unknown
  return (
    <Suggest
      value={text}
      items={(choice ?? []).map(({ name, type }) => ({ name, note: type }))}
      onChange={(next) => set(path, afterTyping(next, fallback))}
      placeholder={fallback === undefined ? words.column.choose : textOf(fallback)}
      invalid={unknown}
      none={choice === null ? words.column.unknownYet : words.column.none}
      openLabel={words.column.open(label)}
      attributes={tied(props, invalid)}
    />
  )
}
