import type { PipelineText, Problem, Uploaded } from '@headrace/runtime/api'
import { addNode, fixesFor, freeId, type Pipeline } from '@headrace/runtime/pipeline'
import { api, pathOf, Refused } from '../api/client.ts'
import { upload } from '../api/upload.ts'
import { closeDocument, edit, openDocument, useDocument } from './document.ts'
import { showRun } from './live.ts'
import { notify, notifyFailure } from './notices.ts'
import { nothing, select, useSelection } from './selection.ts'
import { show } from './view.ts'
import { words } from './words.ts'

/** Opens a pipeline on the canvas. Its address stands behind the `#`, so that the browser's Back works. */
export async function openPipeline(id: string): Promise<void> {
  if (useDocument.getState().id !== id) {
    try {
      openDocument(await api.get<PipelineText>(`pipelines/${pathOf(id)}`))
    } catch (error) {
      notifyFailure(`${id} cannot be opened`, error)
      if (error instanceof Refused && error.status === 404) goTo('start')
      return
    }
    useSelection.setState(nothing)
    showRun(null)
  }
  show({ place: 'pipeline' })
  point(`#/${id}`)
}

/** Goes to the start or to the list of runs. */
export function goTo(place: 'start' | 'runs'): void {
  show({ place })
  point(place === 'runs' ? '#runs' : '#')
}

function point(hash: string): void {
  if (location.hash !== hash && !(hash === '#' && location.hash === '')) history.pushState(null, '', hash)
}

/** Shows what the address says, now and whenever the reader goes back or forward. */
export async function followAddress(): Promise<void> {
  const read = async () => {
    const hash = decodeURIComponent(location.hash)
    if (hash.startsWith('#/')) await openPipeline(hash.slice(2))
    else show({ place: hash === '#runs' ? 'runs' : 'start' })
  }
  window.addEventListener('popstate', () => void read())
  await read()
}

/** Copies a template into the folder and opens it. */
export async function openTemplate(name: string): Promise<void> {
  const { id } = await api.post<{ id: string }>(`templates/${pathOf(name)}`)
  await openPipeline(id)
}

/** Makes a pipeline's file and opens it. */
export async function newPipeline(name: string): Promise<void> {
  const { id } = await api.post<{ id: string }>('pipelines', { name })
  await openPipeline(id)
}

/** Makes a pipeline that starts with a file of the reader's. */
export async function openFile(file: File, progress: (share: number) => void): Promise<void> {
  const { id } = await api.post<{ id: string }>('pipelines', { name: file.name.replace(/\.[^.]*$/, '') })
  const uploaded = await upload(file, id, progress)
  await openPipeline(id)
  addSource(uploaded, [0, 0])
}

/** Puts a source for an uploaded file on the canvas and selects it; returns its id. */
export function addSource({ type, value, name }: Uploaded, at: readonly [number, number]): string | null {
  const { pipeline } = useDocument.getState()
  if (!pipeline) return null
  const id = freeId(pipeline, name.replace(/\.[^.]*$/, ''))
  edit(`Add ${id}`, (before) => addNode(before, id, { type, config: { path: value } }, at))
  select({ nodes: [id] })
  settleTypes(id)
  return id
}

/** A new file is checked within so long, or is taken as it is. */
const settleMilliseconds = 15_000

/**
 * A column of which all values but a few are numbers or dates is one of numbers or dates, and the few are rejected
 * rows that the reader sees at once: what a person who drops a file expects. The file says so, and Undo takes it back.
 */
function settleTypes(node: string): void {
  const { id } = useDocument.getState()
  const timer = setTimeout(() => end(), settleMilliseconds)
  const end = useDocument.subscribe(({ id: now, text, checkedText, checked }) => {
    if (now === id && text !== checkedText) return
    clearTimeout(timer)
    end()
    if (now !== id || !checked) return
    const odd = checked.problems.filter(({ code, place }) => code === 'nearly-typed' && place.node === node)
    if (odd.length === 0) return
    const done: string[] = []
    const mend = (pipeline: Pipeline, problem: Problem) => {
      const [fix] = fixesFor(problem, pipeline, checked)
      if (fix) done.push(fix.title)
      return fix?.change(pipeline) ?? pipeline
    }
    edit(words.typesStep(node), (before) => odd.reduce(mend, before))
    notify('done', words.typed(node, done))
  })
}

/** Forgets the open pipeline, as when its file is gone. */
export function leavePipeline(): void {
  closeDocument()
  goTo('start')
}
