import { useState } from 'react'
import { words } from '../words.ts'
import { useForm } from './form.ts'
import { Suggest } from './Suggest.tsx'

interface RecordNameProps {
  readonly id: string
  readonly label: string
  /** Null: a new entry, which is there as soon as it has a name. */
  readonly name: string | null
  readonly taken: readonly string[]
  /** The names are those of columns. */
  readonly columns: boolean
  readonly onName: (name: string) => void
}

/** The name of an entry; one that is empty or taken stays in the field alone. */
export function RecordName({ id, label, name, taken, columns, onName }: RecordNameProps) {
  const form = useForm()
  const [typed, setTyped] = useState<string | null>(null)
  const clash = typed !== null && typed !== name && taken.includes(typed)
  const change = (text: string) => {
    const free = text !== '' && (text === name || !taken.includes(text))
    setTyped(free ? null : text)
    if (free && text !== name) onName(text)
  }
  const value = typed ?? name ?? ''
  const attributes = { id, 'aria-label': label, 'aria-describedby': undefined, 'aria-invalid': clash || undefined }
  const known = form.choice ?? []
  return (
    <div className="record-name">
      {columns ? (
        <Suggest
          value={value}
          items={known
            .filter((one) => one.name === name || !taken.includes(one.name))
            .map((one) => ({ name: one.name, note: one.type }))}
          onChange={change}
          placeholder={words.name}
          invalid={false}
          none={words.column.none}
          openLabel={words.column.open(label)}
          attributes={attributes}
        />
      ) : (
        <input
          {...attributes}
          className="field data"
          value={value}
          placeholder={words.name}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => change(target.value)}
          onBlur={() => setTyped(null)}
        />
      )}
      {clash && (
        <p className="setting-problem" role="alert">
          {words.nameTaken(typed)}
        </p>
      )}
    </div>
  )
}
