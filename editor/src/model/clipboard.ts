import {
  copyNodes,
  duplicateNodes,
  type Pasted,
  pasteNodes,
  removeNodes,
  removeNotes,
  type Spot,
} from '@headrace/runtime/pipeline'
import { announce } from './announce.ts'
import { edit, useDocument } from './document.ts'
import { notify } from './notices.ts'
import { nothing, useSelection } from './selection.ts'
import { words } from './words.ts'

/** What was copied last in this tab: for when the browser does not let the page read its clipboard. */
let last = ''

interface Chosen {
  readonly nodes: readonly string[]
  readonly notes: readonly string[]
}

/** What would be copied: the selected nodes, those of the selected group, or the selected note. */
function chosen(): Chosen {
  const { pipeline } = useDocument.getState()
  const { nodes, group, note } = useSelection.getState()
  const all = group === null ? nodes : (pipeline?.groups?.[group]?.nodes ?? [])
  return {
    nodes: all.filter((id) => pipeline !== null && id in pipeline.nodes),
    notes: note !== null && pipeline?.notes?.[note] ? [note] : [],
  }
}

/** The selection as JSON text; null where nothing is selected that can be copied. */
export function selectionText(): string | null {
  const { pipeline } = useDocument.getState()
  const { nodes, notes } = chosen()
  return pipeline && nodes.length + notes.length > 0 ? copyNodes(pipeline, nodes, notes) : null
}

/** Copies the selection to the clipboard; false where nothing is selected. */
export async function copySelection(): Promise<boolean> {
  const text = selectionText()
  if (text === null) return false
  last = text
  // Without the permission it stays in this tab, where Paste finds it.
  await navigator.clipboard?.writeText(text).catch(() => {})
  announce(words.copied(count()))
  return true
}

/** Copies the selection and deletes it. */
export async function cutSelection(): Promise<boolean> {
  const there = await copySelection()
  if (there) removeChosen()
  return there
}

/** Pastes what the clipboard holds, its top left corner at `at`; says so where it holds no nodes. */
export async function pasteFromClipboard(at: Spot | null = null): Promise<boolean> {
  const text = await (navigator.clipboard?.readText() ?? Promise.reject()).catch(() => last)
  if (pasteText(text, at) || (text !== last && pasteText(last, at))) return true
  notify('warning', words.nothingToPaste, { hint: words.pasteHint })
  return false
}

/** Pastes nodes from a text: one step of undo, and they are selected then. False where it holds none. */
export function pasteText(text: string, at: Spot | null = null): boolean {
  const { pipeline } = useDocument.getState()
  return put(pipeline && pasteNodes(pipeline, text, at), words.pasteStep)
}

/** Copies the selection beside itself. */
export function duplicateSelection(): boolean {
  const { pipeline } = useDocument.getState()
  const { nodes, notes } = chosen()
  return put(pipeline && duplicateNodes(pipeline, nodes, notes), words.duplicateStep)
}

function put(pasted: Pasted | null, step: (count: number) => string): boolean {
  if (!pasted) return false
  const label = step(pasted.nodes.length + pasted.notes.length)
  edit(label, () => pasted.pipeline)
  const [note = null] = pasted.nodes.length ? [] : pasted.notes
  useSelection.setState({ ...nothing, nodes: pasted.nodes, note })
  announce(label)
  return true
}

function removeChosen(): void {
  const { nodes, notes } = chosen()
  edit(words.cutStep(count()), (pipeline) => removeNotes(removeNodes(pipeline, nodes), notes))
  useSelection.setState(nothing)
}

const count = (): number => chosen().nodes.length + chosen().notes.length

/** Where Ctrl+C, X and V are meant for the canvas, and where a paste goes. */
export interface ClipboardTarget {
  readonly active: () => boolean
  readonly spot: () => Spot | null
}

/**
 * Listens to the browser's own copy, cut and paste: they need no permission, and come from its menu too. Returns what
 * ends it.
 */
export function followClipboard({ active, spot }: ClipboardTarget): () => void {
  const copy = (event: ClipboardEvent) => {
    const text = active() && !window.getSelection()?.toString() ? selectionText() : null
    if (text === null) return
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    last = text
    announce(words.copied(count()))
    if (event.type === 'cut') removeChosen()
  }
  const paste = (event: ClipboardEvent) => {
    if (!active() || !pasteText(event.clipboardData?.getData('text/plain') ?? '', spot())) return
    event.preventDefault()
  }
  document.addEventListener('copy', copy)
  document.addEventListener('cut', copy)
  document.addEventListener('paste', paste)
  return () => {
    document.removeEventListener('copy', copy)
    document.removeEventListener('cut', copy)
    document.removeEventListener('paste', paste)
  }
}
