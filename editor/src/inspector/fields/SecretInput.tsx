import { isSecret } from '@headrace/runtime/pipeline'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { words } from '../words.ts'
import { type InputProps, tied, useForm, useProblems } from './form.ts'
import { isSecretName } from './secretname.ts'

interface SecretProps extends InputProps {
  /** Nothing but a secret may stand here. */
  readonly only: boolean
  /** Gives the text's own input back. */
  readonly onText?: () => void
}

/** A reference to a secret: its name, never its value. What looks like a value never enters the pipeline. */
export function SecretInput({ only, onText, ...props }: SecretProps) {
  const { path, value, label } = props
  const { set } = useForm()
  const [typed, setTyped] = useState<string | null>(null)
  const problems = useProblems(path)
  const name = isSecret(value) ? value.secret : ''
  const wrong = typed !== null && typed !== '' && !isSecretName(typed)
  const plain = only && value !== undefined && !isSecret(value)
  // Written when it is whole: the beginning of a pasted or typed secret must not get into the file.
  const finish = () => {
    if (typed === '') set(path, undefined)
    else if (typed !== null && isSecretName(typed)) set(path, { secret: typed })
    if (!wrong) setTyped(null)
  }
  return (
    <>
      <div className="secret">
        <KeyRound size={14} className="secret-key" />
        <input
          {...tied(props, wrong || problems.length > 0)}
          className="field data"
          value={typed ?? name}
          placeholder="QDRANT_KEY"
          aria-label={`${label}: ${words.secret.name}`}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={finish}
          onKeyDown={({ key }) => {
            if (key === 'Enter') finish()
          }}
        />
        {!only && (
          <button
            type="button"
            className="small-button"
            onClick={() => {
              set(path, undefined)
              onText?.()
            }}
          >
            {words.secret.asText}
          </button>
        )}
      </div>
      {wrong || plain ? (
        <p className="setting-problem" role="alert">
          {plain && !wrong ? words.secret.plain : words.secret.isValue}
        </p>
      ) : (
        <p className="setting-note">{words.secret.hint}</p>
      )}
    </>
  )
}
