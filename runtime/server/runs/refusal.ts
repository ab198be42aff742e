import type { ToParent } from '../../cli/parent.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { Refusal } from '../api/runs.ts'
import { HttpRefusal } from '../refuse.ts'

/** Refuses with 409: problems, another run, an output that exists. */
export const refuse = ({ error, hint, ...more }: Refusal): never => {
  throw new HttpRefusal(409, error, hint, more)
}

/** What a run's process said instead of starting. */
export const refusalOf = (said: Extract<ToParent, { type: 'refused' }>): Refusal =>
  refusalOfProblems('problems' in said ? said.problems : [thrownProblem(said)])

/** Problems as one sentence, with all of them beside it. */
export function refusalOfProblems(problems: readonly Problem[]): Refusal {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const first = errors[0] ?? problems[0]
  if (!first) return { error: 'The run was refused.', hint: 'The check of the pipeline says why.' }
  const where = [first.place.node, first.place.setting].filter(Boolean).join('.')
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return {
    error: `${where ? `${where}: ` : ''}${first.message}${others}`,
    ...(first.hint && { hint: first.hint }),
    problems,
  }
}

/** What was thrown as a problem, so that its code reaches the page. */
const thrownProblem = (thrown: { error: string; code?: string; hint?: string }): Problem => ({
  severity: 'error',
  code: thrown.code ?? 'refused',
  message: thrown.error,
  place: {},
  ...(thrown.hint && { hint: thrown.hint }),
})
