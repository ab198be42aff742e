import type { MetricsHistory, RunView, Snapshot, Unreadable } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, pathOf, Refused } from '../../api/client.ts'
import { useLive } from '../../model/live.ts'
import { mostSamples, withSamples } from './series.ts'

/** A run's counters over time, and why there are none where they cannot be read. */
export interface History {
  readonly samples: readonly Snapshot[]
  readonly why: Unreadable | null
}

/** What a run's folder has of its counters, and behind it each new sample. */
export function useHistory(run: RunView | null, fresh: readonly Snapshot[]): History {
  const [failed, setFailed] = useState<{ readonly run: string; readonly why: Unreadable } | null>(null)
  const onCanvas = useLive(({ run: shown, uncounted }) => (shown?.id === run?.id ? uncounted : null))
  const [history, setHistory] = useState<{ readonly run: string; readonly samples: readonly Snapshot[] } | null>(null)
  const id = run?.id ?? null
  const ended = run !== null && run.status !== 'running'
  useEffect(() => {
    if (id === null) return
    // At its end the run has written more than was seen.
    const control = new AbortController()
    api
      .get<MetricsHistory>(`runs/${pathOf(id)}/metrics?since=0`, control.signal)
      .then((all) => {
        setHistory({ run: id, samples: thinned(all) })
        setFailed(null)
      })
      .catch((error: unknown) => {
        // Where the server went away the bar says so.
        if (error instanceof Refused) setFailed({ run: id, why: { error: error.message, hint: error.hint ?? '' } })
      })
    return () => control.abort()
  }, [id, ended])
  useEffect(() => {
    if (id === null || ended || fresh.length === 0) return
    setHistory((before) => ({ run: id, samples: withSamples(before?.run === id ? before.samples : none, fresh) }))
  }, [id, ended, fresh])
  return {
    samples: history?.run === id ? history.samples : none,
    why: onCanvas ?? (failed?.run === id ? failed.why : null),
  }
}

const none: readonly Snapshot[] = []

function thinned(samples: readonly Snapshot[]): readonly Snapshot[] {
  const step = Math.ceil(samples.length / mostSamples)
  return step <= 1 ? samples : samples.filter((_, i) => i % step === 0 || i === samples.length - 1)
}
