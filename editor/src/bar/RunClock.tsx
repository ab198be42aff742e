import type { RunView } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { useLive } from '../model/live.ts'
import { clock, duration, share } from '../style/numbers.ts'
import { words } from './words.ts'

/** How long a run has been at work, how far it is, and how long it will take. */
export function RunClock({ run }: { readonly run: RunView }) {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const done = useLive(({ picture }) => {
    if (!picture) return 0
    const nodes = Object.values(picture.nodes)
    // A model may lag far behind its source: the slowest node's input says how far the run is.
    const seen = nodes.filter((node) => node.in > 0).map((node) => node.in)
    return seen.length ? Math.min(...seen) : 0
  })
  const seconds = Math.max(0, (now - run.started) / 1000)
  const expected = run.rowsExpected ?? 0
  const part = expected > 0 ? Math.min(1, done / expected) : 0
  const left = part > 0.01 && part < 1 ? seconds * (1 / part - 1) : null
  const parts = [
    clock(seconds),
    ...(part > 0 ? [share(part)] : []),
    ...(left !== null ? [words.left(duration(Math.ceil(left)))] : []),
  ]
  return <code className="bar-clock soft">{parts.join(' · ')}</code>
}
