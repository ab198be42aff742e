import { useCallback, useSyncExternalStore } from 'react'
import { inView } from './inview.ts'
import { Turns } from './turns.ts'

/** How much of a card and an edge is drawn: blocks with names, cards, cards with bytes. */
export type Level = 'far' | 'middle' | 'near'

/** The level of a zoom; `before` makes it wait a little on its side of a border. */
export function levelOf(zoom: number, before: Level): Level {
  const far = before === 'far' ? 0.52 : 0.48
  const near = before === 'near' ? 1.3 : 1.35
  return zoom < far ? 'far' : zoom < near ? 'middle' : 'near'
}

let level: Level = 'middle'
const followers = new Map<() => void, string>()
const turns = new Turns(followers, 48)

/** Takes the canvas's zoom in. When it passes a border, cards and edges change over, those that are seen first. */
export function setZoom(zoom: number): void {
  const next = levelOf(zoom, level)
  if (next === level) return
  level = next
  const seen = inView()
  const all = [...followers].sort(([, a], [, b]) => Number(seen(b)) - Number(seen(a)))
  turns.add(all.map(([follower]) => follower))
}

/** The level at which a node or an edge is drawn. */
export function useLevel(id: string): Level {
  const follow = useCallback(
    (follower: () => void) => {
      followers.set(follower, id)
      return () => followers.delete(follower)
    },
    [id],
  )
  return useSyncExternalStore(follow, () => level)
}
