import { create } from 'zustand'

/** What a screen reader is told next: changes of state that are only seen otherwise. */
export const useAnnouncement = create<{ readonly text: string; readonly count: number }>(() => ({ text: '', count: 0 }))

/** Tells a screen reader a sentence: `text is connected to vectors`. */
export function announce(text: string): void {
  useAnnouncement.setState(({ count }) => ({ text, count: count + 1 }))
}
