import type { MetricsHistory, RunView, Snapshot } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, pathOf } from '../../api/client.ts'
import { mostSamples, withSamples } from './series.ts'

/** A run's counters over time: what its folder has, and behind it each new sample. */
export function useHistory(run: RunView | null, fresh: readonly Snapshot[]): readonly Snapshot[] {
  const [history, setHistory] = useState<{ readonly run: string; readonly samples: readonly Snapshot[] } | null>(null)
  const id = run?.id ?? null
  const ended = run !== null && run.status !== 'running'
  useEffect(() => {
    if (id === null) return
    // At its end the run has written more than was seen.
    const control = new AbortController()
    api
      .get<MetricsHistory>(`runs/${pathOf(id)}/metrics?since=0`, control.signal)
      .then((all) => setHistory({ run: id, samples: thinned(all) }))
      .catch(() => {}) // the counts of the table say what there is without it
    return () => control.abort()
  }, [id, ended])
  useEffect(() => {
    if (id === null || ended || fresh.length === 0) return
    setHistory((before) => ({ run: id, samples: withSamples(before?.run === id ? before.samples : none, fresh) }))
  }, [id, ended, fresh])
  return history?.run === id ? history.samples : none
}

const none: readonly Snapshot[] = []

function thinned(samples: readonly Snapshot[]): readonly Snapshot[] {
  const step = Math.ceil(samples.length / mostSamples)
  return step <= 1 ? samples : samples.filter((_, i) => i % step === 0 || i === samples.length - 1)
}
