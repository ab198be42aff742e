import type { Json } from '@headrace/runtime/api'
import { RotateCcw } from 'lucide-react'
import type { Setting } from '../form/field.ts'
import { type Path, settingText } from '../form/path.ts'
import { problemsHere } from '../form/places.ts'
import { words } from '../words.ts'
import { Examples } from './Examples.tsx'
import { FieldInput } from './FieldInput.tsx'
import { useForm } from './form.ts'
import { ProblemLines } from './ProblemLines.tsx'
import { Prose } from './Prose.tsx'

interface SettingRowProps {
  readonly setting: Setting
  readonly path: Path
  readonly value: Json | undefined
  /** A part of another setting. */
  readonly nested?: boolean
  /** Its help was shown above, at its neighbour. */
  readonly quiet?: boolean
}

/** A setting: its name, its field, what is wrong with it, its help and an example to take. */
export function SettingRow({ setting, path, value, nested = false, quiet = false }: SettingRowProps) {
  const { label, description, examples, fallback, required, field } = setting
  const form = useForm()
  const id = `${form.id}-${settingText(path)}`
  const problems = problemsHere(form.problems, field, value, path)
  const describedBy = [description && `${id}-help`, problems.length && `${id}-problem`].filter(Boolean).join(' ')
  const inputProps = { path, value, fallback, required, label, id, describedBy: describedBy || undefined }
  return (
    <div
      className="setting"
      data-setting={settingText(path)}
      data-nested={nested || undefined}
      data-kind={field.kind}
      data-open={(required && value === undefined) || undefined}
    >
      <div className="setting-head">
        <label htmlFor={id} className="setting-label">
          {label}
        </label>
        {value !== undefined && !required && (
          <button
            type="button"
            className="icon-button setting-reset"
            aria-label={words.reset(label)}
            title={words.reset(label)}
            onClick={() => form.set(path, undefined)}
          >
            <RotateCcw size={12} />
          </button>
        )}
      </div>
      <FieldInput field={field} {...inputProps} />
      <ProblemLines id={`${id}-problem`} problems={problems} />
      {description && (
        <p id={`${id}-help`} className={quiet ? 'visually-hidden' : 'setting-help'}>
          <Prose text={description} />
        </p>
      )}
      {!quiet && examples.length > 0 && (
        <Examples examples={examples} value={value} field={field} onTake={(example) => form.set(path, example)} />
      )}
    </div>
  )
}
