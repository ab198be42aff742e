import type { Problem } from '@headrace/runtime/api'
import { CircleAlert, TriangleAlert } from 'lucide-react'

/** What is wrong with one setting, under its field. */
export function ProblemLines({ id, problems }: { readonly id: string; readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  return (
    <div id={id} className="problem-lines">
      {problems.map(({ code, message, severity }) => (
        <p key={`${code} ${message}`} className="setting-problem" data-severity={severity}>
          {severity === 'error' ? <CircleAlert size={12} /> : <TriangleAlert size={12} />}
          <span>{message}</span>
        </p>
      ))}
    </div>
  )
}
