import { Waypoints } from 'lucide-react'
import { traceRow } from './state.ts'
import { words } from './words.ts'

/** Shows the way of a run's row through the nodes. */
export function TraceButton({ run, identity }: { readonly run: string; readonly identity: string }) {
  return (
    <button
      type="button"
      className="drawer-tool"
      aria-label={words.button}
      title={words.button}
      onClick={() => void traceRow(run, identity)}
    >
      <Waypoints size={15} aria-hidden />
    </button>
  )
}
