import type { Problem, ResumeRun, RunView } from '@headrace/runtime/api'
import { attempt, type Notice, notify } from './notices.ts'
import { resumeRun, startRun } from './runs.ts'
import { words } from './words.ts'

/** So much of what has changed is named. */
const named = 5

/**
 * Goes on with a run that was stopped or died. Where it is refused for what has changed since, it says what, and offers
 * what can be done: to go on without files that are others, or to start anew. True where it is at work.
 */
export async function goOn(run: RunView, question: ResumeRun = {}): Promise<boolean> {
  const answer = await attempt(words.notResumed, () => resumeRun(run, question))
  if (!answer) return false
  if ('run' in answer) return true
  const { error, hint, problems = [] } = answer.refusal
  const changes = problems.filter(({ code }) => code.startsWith('changed-'))
  // It ended in this moment.
  if (problems.some(({ code }) => code === 'nothing')) notify('done', error)
  else if (changes.length === 0) notify('failed', `${words.notResumed}: ${error}`, hint ? { hint } : {})
  else notify('failed', sentence(changes), { hint: words.putBack, actions: ways(run, changes) })
  return false
}

function sentence(changes: readonly Problem[]): string {
  const told = changes.slice(0, named).map(({ message, place }) => (place.node ? `${place.node}: ${message}` : message))
  const more = changes.length - named
  return `${words.notResumed}: ${told.join('; ')}${more > 0 ? `; ${words.more(more)}` : ''}`
}

function ways(run: RunView, changes: readonly Problem[]): Notice['actions'] {
  const { pipeline, params } = run
  const isFilesOnly = changes.every(({ code }) => code === 'changed-source')
  const skip = { title: words.skipChanged, run: () => void goOn(run, { skipChanged: true }) }
  const again = async (id: string) => {
    const answer = await attempt(words.notStarted, () => startRun({ pipeline: id, params, anew: true }))
    if (answer && 'refusal' in answer) notify('failed', `${words.notStarted}: ${answer.refusal.error}`)
  }
  // The text of a draft is the run's alone: the page starts what is saved.
  const anew = pipeline !== null && !run.draft ? [{ title: words.anew, run: () => void again(pipeline) }] : []
  return [...(isFilesOnly ? [skip] : []), ...anew]
}
