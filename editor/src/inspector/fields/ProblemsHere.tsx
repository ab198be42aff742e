import type { Json } from '@headrace/runtime/api'
import type { Field } from '../form/field.ts'
import type { Path } from '../form/path.ts'
import { problemsHere } from '../form/places.ts'
import { useForm } from './form.ts'
import { ProblemLines } from './ProblemLines.tsx'

interface ProblemsHereProps {
  readonly id: string
  readonly field: Field
  readonly value: Json | undefined
  readonly path: Path
}

/** The problems of a setting or of a part of it that no smaller part shows. */
export function ProblemsHere({ id, field, value, path }: ProblemsHereProps) {
  const { problems } = useForm()
  return <ProblemLines id={id} problems={problemsHere(problems, field, value, path)} />
}
