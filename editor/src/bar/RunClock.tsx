import type { RunView } from '@headrace/runtime/api'
import type { FlowPicture } from '@headrace/runtime/pipeline'
import { useEffect, useState } from 'react'
import { useDocument } from '../model/document.ts'
import { nodeType } from '../model/library.ts'
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
  const done = useLive(({ picture }) => (picture ? rowsDone(picture) : 0))
  const uncounted = useLive((live) => live.uncounted)
  const seconds = Math.max(0, (now - run.started) / 1000)
  const expected = run.rowsExpected ?? 0
  const part = expected > 0 ? Math.min(1, done / expected) : 0
  const left = part > 0.01 && part < 1 ? seconds * (1 / part - 1) : null
  const parts = [
    clock(seconds),
    ...(part > 0 ? [share(part)] : []),
    ...(left !== null ? [words.left(duration(Math.ceil(left)))] : []),
  ]
  return (
    <code className="bar-clock soft" title={uncounted?.error}>
      {parts.join(' · ')}
    </code>
  )
}

/** Rows that are through: those that the sources gave, or, as models lag far behind, those of the slowest model. */
function rowsDone({ nodes }: FlowPicture): number {
  const { pipeline } = useDocument.getState()
  const kinds = Object.entries(nodes).map(
    ([id, flow]) => [nodeType(pipeline?.nodes[id]?.type ?? '')?.kind, flow] as const,
  )
  const read = kinds.reduce((sum, [kind, flow]) => sum + (kind === 'source' ? flow.in : 0), 0)
  return Math.min(read, ...kinds.flatMap(([kind, flow]) => (kind === 'model' ? [flow.out] : [])))
}
