import { CircleAlert, TriangleAlert } from 'lucide-react'
import { useDocument } from '../model/document.ts'
import { select } from '../model/selection.ts'
import { show } from '../model/view.ts'
import { words } from './words.ts'

/** How many problems the pipeline has; a click lists them. */
export function ProblemsChip() {
  const errors = useDocument(({ checked }) => count(checked?.problems, 'error'))
  const warnings = useDocument(({ checked }) => count(checked?.problems, 'warning'))
  if (errors + warnings === 0) return null
  const Icon = errors > 0 ? CircleAlert : TriangleAlert
  return (
    <button
      type="button"
      className="bar-problems-chip"
      data-severity={errors > 0 ? 'error' : 'warning'}
      title={words.showProblems}
      onClick={() => {
        select({})
        show({ pipelineForm: true })
      }}
    >
      <Icon size={14} aria-hidden />
      {words.problems(errors, warnings)}
    </button>
  )
}

const count = (problems: readonly { readonly severity: string }[] = [], severity: string): number =>
  problems.filter((one) => one.severity === severity).length
