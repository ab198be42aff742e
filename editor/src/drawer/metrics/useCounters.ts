import type { RunView, Snapshot } from '@headrace/runtime/api'
import { type FlowPicture, flowOf, recentSamples } from '@headrace/runtime/pipeline'
import { useEffect, useMemo, useState } from 'react'
import { socket } from '../../api/socket.ts'
import { useLive } from '../../model/live.ts'

/** The last seconds of a run at work. */
export interface RunCounters {
  readonly samples: readonly Snapshot[]
  readonly picture: FlowPicture | null
}

/** Follows a run's counters: the canvas's run is followed already, another one is watched while it is shown. */
export function useCounters(run: RunView | null): RunCounters {
  const onCanvas = useLive((live) => live.run !== null && live.run.id === run?.id)
  const live = useLive((shown) => shown.samples)
  const livePicture = useLive((shown) => shown.picture)
  const [own, setOwn] = useState<readonly Snapshot[]>([])
  const watched = run !== null && run.status === 'running' && !onCanvas ? run.id : null
  useEffect(() => {
    setOwn([])
    if (watched === null) return
    let latest: readonly Snapshot[] = []
    let frame = 0
    const take = (of: string, sample: Snapshot) => {
      if (of !== watched) return
      latest = recentSamples(latest, sample)
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => setOwn(latest))
    }
    const watch = () => socket.emit('run:watch', watched)
    socket.on('counters', take).on('connect', watch)
    if (socket.connected) watch()
    return () => {
      cancelAnimationFrame(frame)
      socket.off('counters', take).off('connect', watch)
      if (socket.connected && useLive.getState().run?.id !== watched) socket.emit('run:unwatch', watched)
    }
  }, [watched])
  const picture = useMemo(() => (own.length ? flowOf(own) : null), [own])
  return onCanvas ? { samples: live, picture: livePicture } : { samples: own, picture }
}
