import { useRef, useSyncExternalStore } from 'react'
import { type Live, useLive } from '../../model/live.ts'
import { same } from '../scene/same.ts'

// Hundreds of cards and chips that all change in one frame would make that frame long. Here a new picture is told to a
// few of them in each frame: all have it within a few frames, and panning stays smooth.

/** So many cards and chips are told of new counters in one frame; 750 take a third of a second. */
const perFrame = 40

const followers = new Set<() => void>()
const waiting: (() => void)[] = []
let frame = 0

function tell(): void {
  for (const follower of waiting.splice(0, perFrame)) if (followers.has(follower)) follower()
  frame = waiting.length ? requestAnimationFrame(tell) : 0
}

useLive.subscribe((now, before) => {
  // A run that begins or ends changes everything at once, and seldom.
  if (now.run !== before.run) for (const follower of followers) follower()
  if (now.picture === before.picture) return
  const already = new Set(waiting)
  for (const follower of followers) if (!already.has(follower)) waiting.push(follower)
  if (!frame && waiting.length) frame = requestAnimationFrame(tell)
})

function follow(follower: () => void): () => void {
  followers.add(follower)
  return () => followers.delete(follower)
}

/** Reads something from the run on the canvas, and draws again when it says something else; spread over frames. */
export function useFlow<T>(read: (live: Live) => T): T {
  const last = useRef<{ readonly value: T } | null>(null)
  return useSyncExternalStore(follow, () => {
    const value = read(useLive.getState())
    if (last.current && same(last.current.value, value)) return last.current.value
    last.current = { value }
    return value
  })
}
