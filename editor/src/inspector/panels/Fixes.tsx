import type { Problem } from '@headrace/runtime/api'
import { edit } from '../../model/document.ts'
import { useMends } from '../../model/mend.ts'
import { Prose } from '../fields/Prose.tsx'
import { goTo } from '../goal.ts'

/** Buttons that mend a problem; the likeliest first. */
export function Fixes({ problem }: { readonly problem: Problem }) {
  const fixes = useMends(problem)
  if (fixes.length === 0) return null
  return (
    <span className="fixes">
      {fixes.slice(0, 3).map(({ title, change, choose }) => (
        <button
          key={title}
          type="button"
          className="small-button fix"
          onClick={() => (choose ? goTo(choose.node, choose.setting, true) : edit(title, change))}
        >
          <Prose text={title} />
        </button>
      ))}
    </span>
  )
}
