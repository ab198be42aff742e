import type { ColumnView, Json, Problem } from '@headrace/runtime/api'
import { createContext, useContext } from 'react'
import { isUnder, type Path, settingText } from '../form/path.ts'

/** What the fields of one form share: whose settings they are, and what is known around them. */
export interface Form {
  /** Tells this form's elements from another's. */
  readonly id: string
  readonly set: (path: Path, value: Json | undefined) => void
  /** Columns that come in; null where they are not known. */
  readonly columns: readonly ColumnView[] | null
  /** Columns to choose from: those that come in, or that a source gives; the last known ones while an error hides them. */
  readonly choice: readonly ColumnView[] | null
  readonly problems: readonly Problem[]
  /** The node's type; '' for the pipeline's own form. */
  readonly type: string
}

export const FormContext = createContext<Form>({
  id: '',
  set: () => undefined,
  columns: null,
  choice: null,
  problems: [],
  type: '',
})

export const useForm = (): Form => useContext(FormContext)

/** The problems of exactly this setting, or (`inside`) also of its parts. */
export function useProblems(path: Path, inside = false): readonly Problem[] {
  const { problems } = useForm()
  const text = settingText(path)
  return problems.filter(({ place }) => (inside ? isUnder(place.setting, path) : place.setting === text))
}

/** What every field is given. */
export interface InputProps {
  readonly path: Path
  readonly value: Json | undefined
  /** What stands where nothing is set. */
  readonly fallback: Json | undefined
  readonly required: boolean
  /** Its name for a screen reader. */
  readonly label: string
  readonly id: string
  readonly describedBy: string | undefined
}

/** The attributes that tie an input to its label, its help and its errors. */
export const tied = ({ id, label, describedBy }: InputProps, invalid: boolean) => ({
  id,
  'aria-label': label,
  'aria-describedby': describedBy,
  'aria-invalid': invalid || undefined,
})
