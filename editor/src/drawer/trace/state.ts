import type { TraceAnswer, TraceQuestion } from '@headrace/runtime/api'
import { create } from 'zustand'
import { api, Refused } from '../../api/client.ts'
import { announce } from '../../model/announce.ts'
import { show } from '../../model/view.ts'
import { words } from './words.ts'

export type TraceState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'answer'; readonly answer: TraceAnswer }
  | { readonly kind: 'failed'; readonly says: string; readonly hint: string }

interface Trace {
  /** The run that was asked. */
  readonly run: string
  /** The row as it was named. */
  readonly row: string
  readonly state: TraceState
}

/** The row whose way is shown. */
export const useTrace = create<Trace>(() => ({ run: '', row: '', state: { kind: 'idle' } }))

let asking = new AbortController()

/** Shows the way of a run's row in the drawer; a newer question ends the one before it. */
export async function traceRow(run: string, row: string): Promise<void> {
  asking.abort()
  const control = new AbortController()
  asking = control
  useTrace.setState({ run, row, state: { kind: 'asking' } })
  show({ tab: 'trace', drawerOpen: true })
  try {
    const question: TraceQuestion = { row }
    const answer = await api.post<TraceAnswer>(`runs/${encodeURIComponent(run)}/trace`, question, control.signal)
    if (control.signal.aborted) return
    useTrace.setState({ state: { kind: 'answer', answer } })
    announce(answer.rows.flatMap(({ fates }) => fates.map(({ sentence }) => sentence)).join('. ') || words.none(row))
  } catch (error) {
    if (control.signal.aborted) return
    const refused = error instanceof Refused
    const [says, hint] = refused ? [error.message, error.hint ?? ''] : [words.away, '']
    useTrace.setState({ state: { kind: 'failed', says, hint } })
  }
}
