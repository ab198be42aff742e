import type { RejectedPage, RunView } from '@headrace/runtime/api'
import { useEffect } from 'react'
import { create } from 'zustand'
import { api, pathOf } from '../../api/client.ts'
import { useRuns } from '../../model/runs.ts'

/** How many rejected rows a run has left, where replays have stored some of them. */
const useCounts = create<{ readonly [run: string]: number }>(() => ({}))

/** Says how many rejected rows a run has left. */
export const noteLeft = (run: string, count: number): void => useCounts.setState({ [run]: count })

/** The run whose rejected rows a replay ran again; any other run is its own. */
export function rootOf(run: RunView, runs: { readonly [id: string]: RunView } | null): RunView {
  let root = run
  for (let more = 0; root.replayOf !== null && more < 100; more++) {
    const before = runs?.[root.replayOf]
    if (!before) break
    root = before
  }
  return root
}

/** The run that has a run's rejected rows, and how many of them are left; its replays take theirs away. */
export function useLeft(run: RunView | null): { readonly root: RunView | null; readonly left: number } {
  const runs = useRuns((all) => all.runs)
  const root = run && rootOf(run, runs)
  const counted = useCounts((counts) => (root ? counts[root.id] : undefined))
  const replays = Object.values(runs ?? {}).filter(({ replayOf }) => root !== null && replayOf === root.id)
  const ended = replays.filter(({ status }) => status !== 'running').length
  const asks = root !== null && root.status !== 'running' && root.rejected > 0 && ended > 0
  const id = root?.id
  useEffect(() => {
    if (!asks || id === undefined || ended === 0) return
    const control = new AbortController()
    api
      .get<RejectedPage>(`runs/${pathOf(id)}/rejected?limit=1`, control.signal)
      .then(({ total }) => noteLeft(id, total))
      .catch(() => {}) // the count of the run itself stands then
    return () => control.abort()
  }, [asks, id, ended])
  return { root, left: counted ?? root?.rejected ?? 0 }
}
