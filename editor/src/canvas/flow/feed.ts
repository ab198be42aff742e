import { useCallback, useRef, useSyncExternalStore } from 'react'
import { type Live, useLive } from '../../model/live.ts'
import { isPanning } from '../parts/PanShield.tsx'
import { same } from '../scene/same.ts'
import { inView } from './inview.ts'
import { Turns } from './turns.ts'

// Hundreds of cards and edges that all change in one frame would make that frame long. Here a new picture is told only
// to those that are seen, and to a few of them in each frame: all have it within half a second.

/** Who is to be told, by the canvas id of what it draws. */
const followers = new Map<() => void, string>()
/** All figures twice a second, and at once: while the canvas is dragged the other frames only move what is drawn. */
const heldMilliseconds = 450
const turns = new Turns(followers, 8, () => (isPanning() ? heldMilliseconds : 0))

useLive.subscribe((now, before) => {
  // A run that begins or ends changes everything at once, and seldom.
  if (now.run !== before.run) for (const follower of followers.keys()) follower()
  if (now.picture === before.picture) return
  const seen = inView()
  turns.add([...followers].flatMap(([follower, id]) => (seen(id) ? [follower] : [])))
})

/** Reads something from the run on the canvas for a node or edge, and draws it again when it says something else. */
export function useFlow<T>(id: string, read: (live: Live) => T): T {
  const last = useRef<{ readonly value: T } | null>(null)
  const follow = useCallback(
    (follower: () => void) => {
      followers.set(follower, id)
      return () => followers.delete(follower)
    },
    [id],
  )
  return useSyncExternalStore(follow, () => {
    const value = read(useLive.getState())
    if (last.current && same(last.current.value, value)) return last.current.value
    last.current = { value }
    return value
  })
}
