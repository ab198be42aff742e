import type { Step } from './document.ts'

/** Most steps that can be undone, and most characters of their texts together. */
const mostSteps = 300
const mostCharacters = 30_000_000

/** The steps with one more; the oldest are forgotten where there are too many. */
export function withStep(steps: readonly Step[], step: Step): readonly Step[] {
  const kept = [...steps, step].slice(-mostSteps)
  let characters = kept.reduce((sum, { text }) => sum + text.length, 0)
  while (characters > mostCharacters && kept.length > 1) characters -= kept.shift()?.text.length ?? 0
  return kept
}

/** What survives a reload of the tab: the steps, the text, and the text that the server had then. */
export interface Kept {
  readonly id: string
  /** What the tab called itself. */
  readonly client: string
  readonly text: string
  readonly synced: string | null
  readonly undo: readonly Step[]
  readonly redo: readonly Step[]
}

const key = 'headrace-document'

/** Most characters that a tab's storage is asked to keep. */
const mostStored = 2_000_000

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Keeps a document for a reload; of many or long steps the newest. */
export function store(storage: TabStorage, { undo, redo, ...kept }: Kept): void {
  const trimmed = { ...kept, undo: newest(undo), redo: newest(redo) }
  try {
    storage.setItem(key, JSON.stringify(trimmed))
  } catch {
    storage.removeItem(key)
  }
}

function newest(steps: readonly Step[]): readonly Step[] {
  let characters = 0
  const from = steps.findLastIndex(({ text }) => (characters += text.length) > mostStored / 4)
  return steps.slice(from + 1)
}

/** What was kept of a document; null where it was of another. */
export function stored(storage: TabStorage, id: string): Kept | null {
  try {
    const kept = JSON.parse(storage.getItem(key) ?? 'null') as Kept | null // what `store` wrote
    return kept?.id === id && Array.isArray(kept.undo) && Array.isArray(kept.redo) ? kept : null
  } catch {
    return null
  }
}
