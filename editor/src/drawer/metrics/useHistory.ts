import type { MetricsHistory, RunView, Snapshot } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, pathOf } from '../../api/client.ts'
import { useLive } from '../../model/live.ts'
import { mostSamples, withSamples } from './series.ts'

/** A run's counters over time: what its folder has, and each new sample while it is the run on the canvas. */
export function useHistory(run: RunView | null): readonly Snapshot[] {
  const [history, setHistory] = useState<{ readonly run: string; readonly samples: readonly Snapshot[] } | null>(null)
  const id = run?.id ?? null
  const ended = run !== null && run.status !== 'running'
  // biome-ignore format: at its end the run has written more than was seen
  useEffect(() => {
    if (id === null) return
    const control = new AbortController()
    const take = (samples: readonly Snapshot[]) =>
      setHistory((before) => ({ run: id, samples: withSamples(before?.run === id ? before.samples : [], samples) }))
    const load = async () => {
      const all = await api.get<MetricsHistory>(`runs/${pathOf(id)}/metrics?since=0`, control.signal)
      setHistory({ run: id, samples: thinned(all) })
    }
    const end = useLive.subscribe((live, before) => {
      if (!ended && live.run?.id === id && live.samples !== before.samples) take(live.samples)
    })
    load().catch(() => {}) // the counts of the table say what there is without it
    return () => {
      control.abort()
      end()
    }
  }, [id, ended])
  return history?.run === id ? history.samples : none
}

const none: readonly Snapshot[] = []

function thinned(samples: readonly Snapshot[]): readonly Snapshot[] {
  const step = Math.ceil(samples.length / mostSamples)
  return step <= 1 ? samples : samples.filter((_, i) => i % step === 0 || i === samples.length - 1)
}
