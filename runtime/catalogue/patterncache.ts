import type { Probed } from '../pipeline/prepare.ts'

/** For so long an answer is given again, in milliseconds; for the shorter time nobody looks whether it still holds. */
const age = { fresh: 1000, usable: 30_000 }

/**
 * Keeps what patterns found: what a check asks for again is given at once and looked at behind its back; `changed` is
 * called where it is no longer so.
 */
export function patternCache(most: number, changed: () => void) {
  const kept = new Map<string, { found: Probed; text: string; at: number; looking: boolean }>()
  return async (key: string, look: () => Promise<Probed>): Promise<Probed> => {
    const before = kept.get(key)
    const since = before ? performance.now() - before.at : Number.POSITIVE_INFINITY
    if (!before || since > age.usable) {
      const found = await look()
      if (kept.size >= most) kept.delete(kept.keys().next().value as string)
      kept.set(key, { found, text: JSON.stringify(found), at: performance.now(), looking: false })
      return found
    }
    if (since > age.fresh && !before.looking) {
      before.looking = true
      void look().then(
        (found) => {
          const text = JSON.stringify(found)
          kept.set(key, { found, text, at: performance.now(), looking: false })
          if (text !== before.text) changed()
        },
        () => kept.delete(key), // looked at anew, and told, by the next check
      )
    }
    return before.found
  }
}
