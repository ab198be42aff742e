import type { ColumnView, InputView, Json, Problem } from '@headrace/runtime/api'
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
  /** The node's inputs, each with its columns. */
  readonly inputs: readonly InputView[]
  readonly problems: readonly Problem[]
  /** The node's type; '' for the pipeline's own form. */
  readonly type: string
}

export const FormContext = createContext<Form>({
  id: '',
  set: () => undefined,
  columns: null,
  choice: null,
  inputs: [],
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

/**
 * The columns that a setting may name: of a node with several inputs those of the input that the setting is called
 * after (`keys[0].right`), else those that all have.
 */
export function useColumns(path: Path): Pick<Form, 'columns' | 'choice'> {
  const { columns, choice, inputs } = useForm()
  if (inputs.length < 2) return { columns, choice }
  const own = inputs.find(({ name }) => name === path.at(-1))
  if (own) return { columns: own.columns, choice: own.columns }
  if (inputs.some((input) => input.columns === null)) return { columns: null, choice: null }
  const [first, ...others] = inputs.map((input) => input.columns ?? [])
  const shared = first?.filter(({ name }) => others.every((other) => other.some((one) => one.name === name))) ?? []
  return { columns: shared, choice: shared }
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
