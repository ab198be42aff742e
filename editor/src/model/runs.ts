import type { Refusal, ReplayQuestion, ResumeRun, RunView, StartRun, Unreadable } from '@headrace/runtime/api'
import { create } from 'zustand'
import { api, Refused } from '../api/client.ts'
import { socket } from '../api/socket.ts'
import { type Document, isDraft, useDocument } from './document.ts'
import { addSample, showRun, useLive } from './live.ts'
import { notifyFailure } from './notices.ts'

/** The runs of the folder as the server tells them, and what the page asks of them. */
export interface Runs {
  /** False while the server is away: runs go on, the page says so and comes back by itself. Null: not asked yet. */
  readonly connected: boolean | null
  /** Null until the server's first list has come. */
  readonly runs: { readonly [id: string]: RunView } | null
  /** A run that the reader chose to look at; null: the newest of the open pipeline. */
  readonly picked: string | null
}

export const useRuns = create<Runs>(() => ({ connected: null, runs: null, picked: null }))

/** Runs in the list's order: newest first. */
export const newestFirst = (runs: Runs['runs']): RunView[] =>
  Object.values(runs ?? {}).sort((a, b) => b.started - a.started || (a.id < b.id ? 1 : -1))

/**
 * The run that belongs on the canvas: the picked one, else the one at work, else the newest of the pipeline. A replay
 * that is over is not: it mended another run, whose counts are those of all rows.
 */
export function shownRun({ runs, picked }: Pick<Runs, 'runs' | 'picked'>, pipeline: string | null): RunView | null {
  const chosen = picked === null ? undefined : runs?.[picked]
  if (chosen?.pipeline === pipeline && pipeline !== null) return chosen ?? null
  const own = newestFirst(runs).filter((run) => pipeline !== null && run.pipeline === pipeline)
  return own.find(({ status }) => status === 'running') ?? own.find(({ replayOf }) => !replayOf) ?? own[0] ?? null
}

/** Looks at another run of the open pipeline; null: at the newest again. */
export const pickRun = (id: string | null): void => useRuns.setState({ picked: id })

/** Listens to the server's runs from now on and keeps the canvas's run up to date; returns what ends it. */
export function subscribeRuns(): () => void {
  const take = (run: RunView) => {
    told.set(run.id, ++turn)
    useRuns.setState(({ runs }) => ({ runs: { ...runs, [run.id]: run } }))
  }
  const drop = (gone: string) =>
    useRuns.setState(({ runs }) => ({
      runs: Object.fromEntries(Object.entries(runs ?? {}).filter(([id]) => id !== gone)),
    }))
  const connect = () => {
    useRuns.setState({ connected: true })
    watched = null
    void list().then(follow)
  }
  const disconnect = () => useRuns.setState({ connected: false })
  const counters = (run: string, sample: Parameters<typeof addSample>[0]) => {
    if (run === useLive.getState().run?.id) addSample(sample)
  }
  const uncounted = (run: string, why: Unreadable | null) => {
    if (run === useLive.getState().run?.id) useLive.setState({ uncounted: why })
  }
  socket.on('connect', connect).on('disconnect', disconnect).on('connect_error', disconnect)
  socket.on('run', take).on('gone', drop).on('counters', counters).on('uncounted', uncounted)
  const ends = [useRuns.subscribe(follow), useDocument.subscribe(follow)]
  if (socket.connected) connect()
  else socket.connect()
  return () => {
    for (const end of ends) end()
    socket.off('connect', connect).off('disconnect', disconnect).off('connect_error', disconnect)
    socket.off('run', take).off('gone', drop).off('counters', counters).off('uncounted', uncounted)
  }
}

/** When the socket last told of each run, in turns. */
const told = new Map<string, number>()
let turn = 0

/**
 * The runs of an answer that was asked for in that turn. What the socket has told since is newer: a short run can be
 * over before the page gets to the answer to its start.
 */
export function withAnswer(known: Runs['runs'], answer: readonly RunView[], asked: number, heard = told) {
  const newer = Object.entries(known ?? {}).filter(([id]) => (heard.get(id) ?? 0) > asked)
  return { ...Object.fromEntries(answer.map((run) => [run.id, run])), ...Object.fromEntries(newer) }
}

/** What the socket was last asked to watch; null after a reconnect, when the server knows nothing of it. */
let watched: string | null = null

function follow(): void {
  const run = shownRun(useRuns.getState(), useDocument.getState().id)
  const before = useLive.getState().run
  if (run !== before) showRun(run)
  const id = run?.id ?? null
  // A run that the canvas had forgotten meanwhile is watched anew: of an ended one the counters come only once.
  if ((id === watched && id === (before?.id ?? null)) || !socket.connected) return
  if (watched !== null) socket.emit('run:unwatch', watched)
  if (id !== null) socket.emit('run:watch', id)
  watched = id
}

async function list(): Promise<void> {
  const asked = turn
  try {
    const answer = await api.get<readonly RunView[]>('runs')
    useRuns.setState(({ runs }) => ({ runs: withAnswer(runs, answer, asked) }))
  } catch (error) {
    // Where the server is away the socket says when it is back, and the list is asked for again.
    if (error instanceof Refused) notifyFailure('The list of runs', error)
  }
}

/** How a start was answered: the run, or why there is none. */
export type Answer = { readonly run: RunView } | { readonly refusal: Refusal }

/** Starts a run; a refusal (problems, another run, an output that exists) is an answer, not an error. */
export const startRun = (question: StartRun): Promise<Answer> => begin('runs', question)

/** Ends the start of a run that has not begun; the start is answered with a refusal then. */
export const cancelStart = (pipeline: string): Promise<unknown> => api.post('runs/cancel', { pipeline })

/** Goes on with a run that was stopped or died. */
export const resumeRun = (run: RunView, question: ResumeRun = {}): Promise<Answer> =>
  begin(`runs/${run.id}/resume`, question)

/** Runs a run's rejected rows again: under the pipeline as it is on the page, where it is open there. */
export const replayRun = (run: RunView, question: ReplayQuestion): Promise<Answer> => {
  const draft = draftFor(run, useDocument.getState())
  return begin(`runs/${run.id}/replay`, { ...question, ...(draft !== null && { draft }) })
}

/**
 * The text that a run's rows are replayed under; null: the file's. A run of a draft would take the text that it had: what
 * was mended and saved since counts.
 */
export const draftFor = (run: Pick<RunView, 'pipeline' | 'draft'>, document: Document): string | null =>
  run.pipeline !== null && run.pipeline === document.id && (isDraft(document) || run.draft) ? document.text : null

async function begin(path: string, body: unknown): Promise<Answer> {
  const asked = turn
  try {
    const run = await api.post<RunView>(path, body)
    useRuns.setState(({ runs }) => ({ runs: { ...runs, ...withAnswer(runs, [run], asked) }, picked: null }))
    return { run }
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409) throw error
    return { refusal: error.body as Refusal } // what the server answers with 409
  }
}

/** Asks a run to finish what is in flight and end; it can be resumed. */
export const stopRun = (id: string): Promise<unknown> => api.post(`runs/${id}/stop`)

/** Ends a run's process at once; it can be resumed from the last stored part. */
export const killRun = (id: string): Promise<unknown> => api.post(`runs/${id}/kill`)

/** Deletes an ended run's folder: its counts, log and rejected rows. */
export const deleteRun = (id: string): Promise<unknown> => api.delete(`runs/${id}`)
