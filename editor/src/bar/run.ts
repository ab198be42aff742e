import type { Problem, Refusal, RunView, StartRun } from '@headrace/runtime/api'
import type { Fix } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import { Refused } from '../api/client.ts'
import { announce } from '../model/announce.ts'
import { edit, isDraft, useDocument } from '../model/document.ts'
import { attempt, notify, notifyFailure } from '../model/notices.ts'
import { paramsAsked } from '../model/params.ts'
import { goOn } from '../model/resuming.ts'
import { type Answer, cancelStart, killRun, startRun, stopRun } from '../model/runs.ts'
import { saveDocument } from '../model/sync.ts'
import { show } from '../model/view.ts'
import { words } from './words.ts'

/** How a run is started from the bar: what is asked before it, and what stood in its way. */
export interface Starting {
  readonly state: 'idle' | 'params' | 'ask' | 'starting' | 'refused'
  readonly refusal: Refusal | null
  /** What the reader chose to do every time while this page is open. */
  readonly always: 'save' | 'draft' | null
  /** Only files that no completed run has stored. */
  readonly onlyNew: boolean
}

export const useStarting = create<Starting>(() => ({
  state: 'idle',
  refusal: null,
  always: null,
  onlyNew: false,
}))

export const dismiss = (): void => useStarting.setState({ state: 'idle', refusal: null })

/** An output that exists is asked about by the server, which knows what stands there when the run starts. */
const blocks = ({ severity, code }: Problem): boolean => severity === 'error' && code !== 'output-exists'

const blockers = (): Problem[] => useDocument.getState().checked?.problems.filter(blocks) ?? []

/** Run: says what must be mended first, and asks once where there are changes that are not saved. */
export async function run(onlyNew = false): Promise<void> {
  const { state } = useStarting.getState()
  if (state === 'starting' || state === 'params') return
  useStarting.setState({ onlyNew })
  // What is wrong may be so for the values of the last time only: the server checks with those that are given now.
  if (hasParams()) return useStarting.setState({ state: 'params', refusal: null })
  if (blockers().length > 0) await upToDate()
  const problems = blockers()
  if (problems.length > 0) return useStarting.setState({ state: 'refused', refusal: { error: '', problems } })
  await askAndStart()
}

const hasParams = (): boolean => Object.keys(useDocument.getState().pipeline?.params ?? {}).length > 0

/** Starts what is saved; asks once where there are changes that are not. */
export async function askAndStart(): Promise<void> {
  const { always } = useStarting.getState()
  if (!isDraft(useDocument.getState())) return await start('save')
  // What cannot be saved is run as it is: there is nothing to ask.
  if (useDocument.getState().locked !== null) return await start('draft')
  if (always) return await start(always)
  useStarting.setState({ state: 'ask', refusal: null })
}

/** Starts the pipeline: its file, saved before where it was changed, or the draft as it is. */
export async function start(what: 'save' | 'draft'): Promise<void> {
  const { id } = useDocument.getState()
  if (!id) return
  useStarting.setState({ state: 'starting', refusal: null })
  cancelled = false
  try {
    if (what === 'save' && isDraft(useDocument.getState()) && !(await saveDocument())) return dismiss()
    const draft = isDraft(useDocument.getState()) ? useDocument.getState().text : undefined
    const { onlyNew } = useStarting.getState()
    const question: StartRun = {
      pipeline: id,
      ...(draft !== undefined && { draft }),
      ...paramsAsked(),
      ...(onlyNew && { new: true }),
    }
    const answer = await startRun(question)
    if (!cancelled || 'run' in answer) return taken(answer)
    announce(words.cancelled)
    dismiss()
  } catch (error) {
    dismiss()
    notifyFailure('The run did not start', error)
  }
}

let cancelled = false

/** Ends the start before the run has begun. */
export async function cancel(): Promise<void> {
  const { id } = useDocument.getState()
  if (!id || useStarting.getState().state !== 'starting') return
  cancelled = true
  try {
    await cancelStart(id)
  } catch (error) {
    // 409: it has begun in this moment, and Stop is there now.
    if (!(error instanceof Refused) || error.status !== 409) notifyFailure(words.notCancelled, error)
  }
}

/** A change is checked within so long, or the run is asked for all the same: the server checks again. */
const checkMilliseconds = 5000

/** Waits for the answer to a change that was made just now. */
async function upToDate(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, checkMilliseconds)
  const look = () => {
    const { text, checkedText } = useDocument.getState()
    if (text === checkedText) resolve()
  }
  const end = useDocument.subscribe(look)
  look()
  await promise
  clearTimeout(timer)
  end()
}

/** Mends what kept the run from starting; then the run starts, or says what is left to mend. */
export function mendAndRun(title: string, change: Fix['change']): void {
  const { text } = useDocument.getState()
  dismiss()
  edit(title, change)
  if (useDocument.getState().text !== text) void run(useStarting.getState().onlyNew)
}

const sentenceOf = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

function taken(answer: Answer): void {
  if ('refusal' in answer && answer.refusal.problems?.some(({ code }) => code === 'nothing')) {
    // Nothing was wrong, and nothing was to be done.
    notify('done', sentenceOf(answer.refusal.error))
    dismiss()
    return
  }
  if ('refusal' in answer) {
    useStarting.setState({ state: 'refused', refusal: answer.refusal })
    return
  }
  show({ drawerOpen: true })
  dismiss()
}

export const stop = (run: RunView) => attempt('The run could not be stopped', () => stopRun(run.id))
export const kill = (run: RunView) => attempt('The run could not be ended', () => killRun(run.id))

/** Goes on with a run that was stopped or died. */
export async function resume(run: RunView): Promise<void> {
  if (await goOn(run)) show({ drawerOpen: true })
}

/** Copies the line that runs this pipeline headless. */
export async function copyCommand(command: string): Promise<void> {
  const { file } = useDocument.getState()
  const { params = {} } = paramsAsked()
  const given = Object.entries(params).map(([name, value]) => ` --param ${quoted(`${name}=${value}`)}`)
  const line = `${command} run ${quoted(file)}${given.join('')}`
  await navigator.clipboard.writeText(line)
  if (!isDraft(useDocument.getState())) notify('done', words.copied(line))
  else {
    const { locked } = useDocument.getState()
    const actions = locked === null ? [{ title: words.save, run: () => void saveDocument() }] : []
    notify('warning', words.copied(line), { hint: words.copiedDraft, actions })
  }
}

/** A path as a shell takes it. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)
