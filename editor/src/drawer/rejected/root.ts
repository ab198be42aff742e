import type { RunView } from '@headrace/runtime/api'
import { useRuns } from '../../model/runs.ts'

/** The run whose rejected rows a replay ran again; any other run is its own. Its `rejected` are those that are left. */
export function rootOf(run: RunView, runs: { readonly [id: string]: RunView } | null): RunView {
  let root = run
  for (let more = 0; root.replayOf !== null && more < 100; more++) {
    const before = runs?.[root.replayOf]
    if (!before) break
    root = before
  }
  return root
}

/** The run that has a run's rejected rows: its replays take theirs away. */
export const useRoot = (run: RunView | null): RunView | null => useRuns(({ runs }) => run && rootOf(run, runs))
