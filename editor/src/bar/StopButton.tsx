import type { RunView } from '@headrace/runtime/api'
import { useState } from 'react'
import { kill, stop } from './run.ts'
import { words } from './words.ts'

/** Stop, which finishes what is in flight; while that takes its time, an end at once. */
export function StopButton({ run }: { readonly run: RunView }) {
  const [stopping, setStopping] = useState<string | null>(null)
  if (stopping !== run.id) {
    return (
      <button
        type="button"
        className="button"
        title={words.stopHelp}
        onClick={() => {
          setStopping(run.id)
          void stop(run)
        }}
      >
        {words.stop}
      </button>
    )
  }
  return (
    <>
      <span className="soft" role="status">
        {words.stopping}
      </span>
      <button type="button" className="button" title={words.endNowHelp} onClick={() => void kill(run)}>
        {words.endNow}
      </button>
    </>
  )
}
