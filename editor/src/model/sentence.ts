import type { Problem, RunView } from '@headrace/runtime/api'
import { exact } from '../style/numbers.ts'
import { words } from './words.ts'

/** How many problems there are: `2 problems, 1 warning`. */
export function problemsText(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return words.problems(errors, problems.length - errors)
}

/** What became of a run, in a few words: `3,979 stored, 1 rejected · row counts match`. */
export function runSentence({ status, rows, replayed, balanced, error }: RunView): string {
  const counts = rows
    ? [
        `${exact(rows.stored)} stored`,
        ...(rows.filtered ? [`${exact(rows.filtered)} filtered`] : []),
        ...(replayed ? [`${exact(replayed)} replayed`] : []),
        ...(rows.rejected ? [`${exact(rows.rejected)} rejected`] : []),
      ].join(', ')
    : ''
  switch (status) {
    case 'running':
      return 'at work now'
    case 'done':
      return `${counts}${balanced ? ' · row counts match' : ''}`
    case 'failed':
      return error ? `failed: ${error.message}` : 'failed'
    case 'stopped':
      return `stopped${counts && `, ${counts} so far`}`
    case 'unfinished':
      return error?.message ?? 'ended before it was done'
  }
}
