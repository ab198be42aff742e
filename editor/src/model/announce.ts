import { create } from 'zustand'

/** A sentence for a screen reader. */
export interface Told {
  readonly id: number
  readonly text: string
}

/** What a screen reader is told: changes of state that are only seen otherwise. The last few, newest last. */
export const useAnnouncement = create<{ readonly told: readonly Told[] }>(() => ({ told: [] }))

/** So many stay on the page: two that come at once are both read. */
const kept = 4
let next = 0

/** Tells a screen reader a sentence: `text is connected to vectors`. */
export function announce(text: string): void {
  useAnnouncement.setState(({ told }) => ({ told: [...told, { id: next++, text }].slice(-kept) }))
}
