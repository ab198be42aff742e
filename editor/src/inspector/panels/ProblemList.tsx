import type { Problem } from '@headrace/runtime/api'
import { CircleAlert, TriangleAlert } from 'lucide-react'
import { Prose } from '../fields/Prose.tsx'
import { words } from '../words.ts'
import { Fixes } from './Fixes.tsx'

interface ProblemListProps {
  readonly problems: readonly Problem[]
  /** Goes to what a problem is about. */
  readonly onGo?: (problem: Problem) => void
}

/** Problems with their sentence, what to do, and buttons that do it. */
export function ProblemList({ problems, onGo }: ProblemListProps) {
  if (problems.length === 0) return null
  const order = [...problems].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'))
  return (
    <ul className="problems" aria-label={words.problems.title}>
      {order.map((problem) => {
        const { severity, code, message, hint, place } = problem
        const Icon = severity === 'error' ? CircleAlert : TriangleAlert
        return (
          <li key={`${code} ${message} ${place.node} ${place.setting}`} className="problem" data-severity={severity}>
            <Icon size={14} className="problem-icon" aria-label={words.problems[severity]} />
            <div>
              {onGo && place.node !== undefined ? (
                <button type="button" className="problem-go" onClick={() => onGo(problem)}>
                  <strong>{place.node}</strong> <Prose text={message} />
                </button>
              ) : (
                <p>
                  <Prose text={message} />
                </p>
              )}
              {hint && (
                <p className="soft">
                  <Prose text={hint} />
                </p>
              )}
              <Fixes problem={problem} />
            </div>
          </li>
        )
      })}
    </ul>
  )
}
