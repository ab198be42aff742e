import { create } from 'zustand'
import { Refused } from '../api/client.ts'
import { announce } from './announce.ts'

/** A sentence at the foot of the page, with what can be done about it. */
export interface Notice {
  readonly id: number
  readonly kind: 'done' | 'warning' | 'failed'
  readonly text: string
  readonly hint?: string
  readonly actions: readonly { readonly title: string; readonly run: () => void }[]
}

export const useNotices = create<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }))

let next = 0
/** A notice that asks nothing of the reader goes by itself. */
const shownMilliseconds = 6000

/** Shows a notice and tells it to screen readers; returns what takes it away. */
export function notify(
  kind: Notice['kind'],
  text: string,
  more: { readonly hint?: string; readonly actions?: Notice['actions'] } = {},
): () => void {
  const notice: Notice = { id: next++, kind, text, actions: more.actions ?? [], ...(more.hint && { hint: more.hint }) }
  const others = (all: readonly Notice[]) => all.filter((one) => one.text !== text)
  useNotices.setState(({ notices }) => ({ notices: [...others(notices), notice].slice(-4) }))
  announce(text)
  const away = () => useNotices.setState(({ notices }) => ({ notices: notices.filter(({ id }) => id !== notice.id) }))
  if (kind === 'done' && notice.actions.length === 0) setTimeout(away, shownMilliseconds)
  return away
}

/** Shows what went wrong, in the words of whoever refused. */
export function notifyFailure(what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  notify('failed', `${what}: ${reason}`, error instanceof Refused && error.hint ? { hint: error.hint } : {})
}

/** Does something that the reader asked for; a failure becomes a notice. */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    notifyFailure(what, error)
    return undefined
  }
}
