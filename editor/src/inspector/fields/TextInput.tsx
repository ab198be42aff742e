import { isSecret } from '@headrace/runtime/pipeline'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { focusDrawn } from '../../model/drawn.ts'
import { ExpressionInput } from '../expression/ExpressionInput.tsx'
import type { Field } from '../form/field.ts'
import { QueryInput } from '../query/QueryInput.tsx'
import { words } from '../words.ts'
import { ColumnInput } from './ColumnInput.tsx'
import { type InputProps, tied, useForm, useProblems } from './form.ts'
import { PathInput } from './PathInput.tsx'
import { SecretInput } from './SecretInput.tsx'
import { TypeInput } from './TypeInput.tsx'
import { afterTyping, isNumber, noteOf, textOf } from './text.ts'

/** A text of any format; where a secret is referred to, its name. */
export function TextInput({ field, ...props }: InputProps & { readonly field: Field & { kind: 'text' } }) {
  const [secret, setSecret] = useState(false)
  const { format } = field
  if (format === 'secret' || secret || isSecret(props.value)) {
    return <SecretInput {...props} only={format === 'secret'} onText={() => setSecret(false)} />
  }
  const onSecret = () => {
    setSecret(true)
    focusDrawn(() => document.getElementById(props.id))
  }
  switch (format) {
    case 'expression':
      return <ExpressionInput {...props} />
    case 'sql':
      return <QueryInput {...props} />
    case 'column':
      return <ColumnInput {...props} />
    case 'type':
      return <TypeInput {...props} />
    case 'path':
    case 'folder':
    case 'tokenizer':
      return <PathInput {...props} format={format} />
    default:
      return <PlainInput {...props} mono={format === 'pattern'} number={field.number} onSecret={onSecret} />
  }
}

interface PlainProps extends InputProps {
  readonly mono: boolean
  /** A text that is a number is written as a number. */
  readonly number: boolean
  readonly onSecret: () => void
}

function PlainInput({ mono, number, onSecret, ...props }: PlainProps) {
  const { path, value, fallback, required, label } = props
  const { set, type } = useForm()
  const invalid = useProblems(path).length > 0
  const text = textOf(value)
  const change = (next: string) => set(path, number && isNumber(next) ? Number(next) : afterTyping(next, fallback))
  const note = noteOf(text)
  return (
    <>
      <div className="text">
        <input
          {...tied(props, invalid)}
          className={`field${mono ? ' data' : ''}`}
          value={text}
          placeholder={value === '' ? words.emptyText : fallback === undefined ? '' : textOf(fallback)}
          required={required}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => change(target.value)}
        />
        {/* How a whole run is to be is no secret. */}
        {type !== '' && (
          <button
            type="button"
            className="icon-button text-secret"
            aria-label={words.secret.use(label)}
            title={words.secret.use(label)}
            onClick={onSecret}
          >
            <KeyRound size={12} />
          </button>
        )}
      </div>
      {note && <p className="setting-note">{note}</p>}
    </>
  )
}
