import { CircleAlert, TriangleAlert } from 'lucide-react'
import { useDocument } from '../model/document.ts'
import { select } from '../model/selection.ts'
import { problemsText } from '../model/sentence.ts'
import { show } from '../model/view.ts'
import { words } from './words.ts'

/** How many problems the pipeline has; a click lists them. */
export function ProblemsChip() {
  const problems = useDocument(({ checked }) => checked?.problems)
  if (!problems?.length) return null
  const wrong = problems.some(({ severity }) => severity === 'error')
  const Icon = wrong ? CircleAlert : TriangleAlert
  return (
    <button
      type="button"
      className="bar-problems-chip"
      data-severity={wrong ? 'error' : 'warning'}
      title={words.showProblems}
      onClick={() => {
        select({})
        show({ pipelineForm: true })
      }}
    >
      <Icon size={14} aria-hidden />
      {problemsText(problems)}
    </button>
  )
}
