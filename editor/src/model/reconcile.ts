import type { Draft } from '@headrace/runtime/api'
import { type Conflict, type Document, parsed } from './document.ts'
import { type Kept, withStep } from './history.ts'
import { words } from './words.ts'

// What becomes of the open document when the server tells of another text. Pure: each gives what changes in it.

/** Whether this tab has changes that the server does not know. */
export const isAhead = ({ text, synced }: Document): boolean => text !== synced

/** The file holds another text now, written by another tab (`client`) or program (null). */
export function withFile(
  document: Document,
  { text, version, client }: { readonly text: string; readonly version: string; readonly client: string | null },
): Partial<Document> {
  if (version === document.version) return {}
  if (text === document.text) return { saved: text, version, conflict: null }
  if (document.text === document.saved) {
    const synced = document.revision ? document.synced : text
    return { ...taken(document, words.changedOnDisk, text), saved: text, version, synced, conflict: null }
  }
  const conflict: Conflict = { with: client === null ? 'disk' : 'tab', text, version, draft: null }
  return { conflict }
}

/** Another tab changed the draft, or (null) saved or discarded it. */
export function withDraft(document: Document, draft: Draft | null): Partial<Document> {
  if (!draft) {
    if (document.revision === 0) return {}
    const gone = { revision: 0, synced: document.saved, ...(document.conflict?.draft && { conflict: null }) }
    if (isAhead(document) || document.text === document.saved) return gone
    return { ...taken(document, words.discardedElsewhere, document.saved), ...gone }
  }
  if (draft.revision === document.revision) return {}
  const known = { revision: draft.revision, synced: draft.text }
  if (draft.text === document.text) return { ...known, ...(document.conflict?.draft && { conflict: null }) }
  if (!isAhead(document)) return { ...taken(document, words.changedElsewhere, draft.text), ...known }
  return { conflict: { with: 'tab', text: draft.text, version: document.version, draft } }
}

/** Another text in place of the one here, which Undo brings back. */
function taken(document: Document, label: string, text: string): Partial<Document> {
  return { ...parsed(text), undo: withStep(document.undo, { label, text: document.text }), redo: [] }
}

/** The reader keeps the text here; the other one is a step that Undo goes back to. */
export function keepHere(document: Document): Partial<Document> {
  const { conflict } = document
  if (!conflict) return {}
  const undo = withStep(document.undo, { label: words.keepStep, text: conflict.text })
  return { ...agreed(conflict), undo, redo: [], conflict: null }
}

/** The reader takes the other text; the one here is a step that Undo goes back to. */
export function takeOther(document: Document): Partial<Document> {
  const { conflict } = document
  if (!conflict) return {}
  return { ...taken(document, words.takeStep, conflict.text), ...agreed(conflict), conflict: null }
}

/** What both sides know after the choice: the other draft, or the other file. */
function agreed({ draft, text, version }: Conflict): Partial<Document> {
  return draft ? { revision: draft.revision, synced: draft.text } : { saved: text, version, synced: null }
}

/** What a reload of the tab left: the steps of undo, and edits that had not reached the server. */
export function withKept(document: Document, { text, synced, undo, redo }: Kept): Partial<Document> {
  if (text === document.text) return { undo, redo }
  if (synced === document.text) return { ...parsed(text), undo, redo }
  return { undo: withStep(undo, { label: words.beforeReload, text }), redo: [] }
}
