/** Something that the reader can do: it stands in Ctrl+K, and its keys work everywhere but in a text field. */
export interface Action {
  readonly id: string
  /** What it does, as a short order: `Tidy the graph`. */
  readonly title: string
  readonly group: string
  /** As `KeyboardEvent` names them: `Mod+S`, `Shift+F10`, `/`. Mod is Ctrl, on a Mac Cmd. */
  readonly keys?: string
  /** The keys work in text fields too. */
  readonly everywhere?: boolean
  /** The keys work only while this says so; in Ctrl+K it stands all the same. */
  readonly keysWhen?: () => boolean
  readonly enabled?: () => boolean
  readonly run: () => void
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** The keys as the reader's keyboard has them: `Ctrl S`. */
export const keysText = (keys: string): string =>
  keys
    .split('+')
    .map((key) => (key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key))
    .join(' ')

/** Whether a key press is the one that `keys` names. */
export function pressed(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+')
  const key = parts.pop() === '' ? '+' : (keys.split('+').at(-1) as string)
  const mod = isMac ? event.metaKey : event.ctrlKey
  if (mod !== parts.includes('Mod') || event.altKey !== parts.includes('Alt')) return false
  // A sign such as "/" may need Shift on some keyboards.
  const plain = key.length === 1 && !/[a-z0-9]/i.test(key)
  if (!plain && event.shiftKey !== parts.includes('Shift')) return false
  return event.key.toLowerCase() === key.toLowerCase()
}
