import type { CheckAnswer, Draft, PipelineText } from '@headrace/runtime/api'
import { editText, type Pipeline, type Problem, parsePipeline } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import { withStep } from './history.ts'

/** One step that can be undone: the text before it. */
export interface Step {
  /** What was done, for the reader: `Add filter`. */
  readonly label: string
  readonly text: string
}

/** The text that another tab or program wrote, beside the one here; the reader chooses, neither is lost. */
export interface Conflict {
  readonly with: 'disk' | 'tab'
  readonly text: string
  readonly version: string
  readonly draft: Draft | null
}

/** The open pipeline. Its text is the truth; the pipeline is what the text says. */
export interface Document {
  readonly id: string | null
  readonly file: string
  readonly text: string
  /** Null where the text cannot be read: the repair view has it then. */
  readonly pipeline: Pipeline | null
  /** What is wrong with the text itself. */
  readonly textProblems: readonly Problem[]
  /** What the file holds, and its version. */
  readonly saved: string
  readonly version: string
  /** The draft's revision that this tab knows; 0: there is none. */
  readonly revision: number
  /** The text that the server keeps: the draft's, else the file's. Another one here is on its way there; null: it must go there anew. */
  readonly synced: string | null
  /** Why the file cannot be saved from here. */
  readonly locked: string | null
  readonly checked: CheckAnswer | null
  /** The text that was checked: a newer one has its answer on the way. */
  readonly checkedText: string | null
  readonly undo: readonly Step[]
  readonly redo: readonly Step[]
  readonly conflict: Conflict | null
}

const empty: Document = {
  id: null,
  file: '',
  text: '',
  pipeline: null,
  textProblems: [],
  saved: '',
  version: '',
  revision: 0,
  synced: '',
  locked: null,
  checked: null,
  checkedText: null,
  undo: [],
  redo: [],
  conflict: null,
}

export const useDocument = create<Document>(() => empty)

/** A text with what it says. */
export function parsed(text: string): Pick<Document, 'text' | 'pipeline' | 'textProblems'> {
  const { pipeline, problems } = parsePipeline(text)
  return { text, pipeline, textProblems: problems }
}

/** Shows what the server gave for a pipeline: its draft where there is one, which may be older than the file. */
export function openDocument({ id, file, text, version, draft, locked }: PipelineText): void {
  const shown = draft?.text ?? text
  const stale = draft !== null && draft.base !== version && draft.text !== text
  useDocument.setState({
    ...empty,
    id,
    file,
    ...parsed(shown),
    saved: text,
    version: stale ? draft.base : version,
    revision: draft?.revision ?? 0,
    synced: shown,
    locked: locked ?? null,
    conflict: stale ? { with: 'disk', text, version, draft: null } : null,
  })
}

export const closeDocument = (): void => useDocument.setState(empty)

let lastMerge = { key: '', at: 0 }

/**
 * The one way to change the open pipeline. `change` is pure; one step of undo, called `label`. Calls with the same
 * `merge` within two seconds are one step (typing, dragging).
 */
export function edit(label: string, change: (pipeline: Pipeline) => Pipeline, merge = ''): void {
  const { pipeline, text, undo } = useDocument.getState()
  if (!pipeline) return
  const after = change(pipeline)
  if (after === pipeline) return
  setText(label, editText(text, pipeline, after), merge, undo)
}

/** Puts another text in place of the document's, as one step of undo. */
export function setText(label: string, next: string, merge = '', undo = useDocument.getState().undo): void {
  const { text } = useDocument.getState()
  if (next === text) return
  const now = Date.now()
  const merged = merge !== '' && merge === lastMerge.key && now - lastMerge.at < 2000 && undo.length > 0
  lastMerge = { key: merge, at: now }
  useDocument.setState({ ...parsed(next), undo: merged ? undo : withStep(undo, { label, text }), redo: [] })
}

export function undo(): void {
  const { undo: steps, redo, text } = useDocument.getState()
  const step = steps.at(-1)
  if (!step) return
  lastMerge = { key: '', at: 0 }
  useDocument.setState({ ...parsed(step.text), undo: steps.slice(0, -1), redo: [...redo, { label: step.label, text }] })
}

export function redo(): void {
  const { undo: steps, redo: after, text } = useDocument.getState()
  const step = after.at(-1)
  if (!step) return
  lastMerge = { key: '', at: 0 }
  useDocument.setState({
    ...parsed(step.text),
    undo: withStep(steps, { label: step.label, text }),
    redo: after.slice(0, -1),
  })
}

/** Whether there is something to save. */
export const isDraft = ({ text, saved }: Document): boolean => text !== saved
