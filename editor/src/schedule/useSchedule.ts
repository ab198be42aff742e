import type { ScheduleTimes, ScheduleView } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { socket } from '../api/socket.ts'
import { notifyFailure } from '../model/notices.ts'
import { words } from './words.ts'

/** A pipeline's schedule as the server knows it, from its saved file; null where it has none. */
export function useSchedule(pipeline: string | null): ScheduleView | null {
  const [view, setView] = useState<ScheduleView | null>(null)
  useEffect(() => {
    const control = new AbortController()
    const ask = async () => {
      const list = await api.get<readonly ScheduleView[]>('schedules', control.signal)
      setView(list.find((one) => one.pipeline === pipeline) ?? null)
    }
    const look = () =>
      void ask().catch((error: unknown) => {
        if (!control.signal.aborted) notifyFailure(words.refused.read, error)
      })
    const changed = (id: string) => {
      if (id === pipeline) look()
    }
    look()
    socket.on('schedule', changed).on('pipeline', changed).on('connect', look)
    return () => {
      control.abort()
      socket.off('schedule', changed).off('pipeline', changed).off('connect', look)
    }
  }, [pipeline])
  return view?.pipeline === pipeline ? view : null
}

/** So long typing goes on before it is asked what was typed. */
const typingMilliseconds = 150

/** What a schedule means, while it is typed; null until the server has said. */
export function useTimes(cron: string, timeZone: string): ScheduleTimes | null {
  const [times, setTimes] = useState<ScheduleTimes | null>(null)
  useEffect(() => {
    const control = new AbortController()
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ cron, timeZone })
      api
        .get<ScheduleTimes>(`schedules/times?${query}`, control.signal)
        .then(setTimes)
        // The server is away: the bar says so.
        .catch(() => setTimes(null))
    }, typingMilliseconds)
    return () => {
      clearTimeout(timer)
      control.abort()
    }
  }, [cron, timeZone])
  return times
}
