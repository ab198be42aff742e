import type { Problem } from '@headrace/runtime/api'
import { CircleAlert, TriangleAlert } from 'lucide-react'
import { Fixes } from '../panels/Fixes.tsx'
import { Prose } from './Prose.tsx'

/** What is wrong with one setting, under its field. */
export function ProblemLines({ id, problems }: { readonly id: string; readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  return (
    <div id={id} className="problem-lines">
      {problems.map((problem) => {
        const { code, message, hint, severity } = problem
        // What a missing setting is for stands below it anyway.
        const advice = code === 'missing-setting' ? undefined : hint
        const Icon = severity === 'error' ? CircleAlert : TriangleAlert
        return (
          <div key={`${code} ${message}`} className="setting-problem" data-severity={severity}>
            <Icon size={12} />
            <div>
              <p>
                <Prose text={message} />
              </p>
              {advice && (
                <p className="soft">
                  <Prose text={advice} />
                </p>
              )}
              <Fixes problem={problem} />
            </div>
          </div>
        )
      })}
    </div>
  )
}
