import type { LogLine, LogPage } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, pathOf } from '../../api/client.ts'
import { socket } from '../../api/socket.ts'
import { joined } from './lines.ts'

/** A run's log: what is there, and each line that is added while it is watched. */
export interface Log {
  readonly lines: readonly LogLine[]
  readonly state: 'loading' | 'here' | 'failed'
  readonly error: string
}

const loading: Log = { lines: [], state: 'loading', error: '' }

/** Reads a run's log and follows it; drawn once a frame, however many lines come. */
export function useLog(run: string | null): Log {
  const [log, setLog] = useState<Log>(loading)
  useEffect(() => {
    setLog(loading)
    if (run === null) return
    const control = new AbortController()
    let waiting: LogLine[] = []
    let frame = 0
    const draw = () => {
      const more = waiting
      waiting = []
      setLog((before) => ({ ...before, lines: joined(before.lines, more) }))
    }
    const take = (of: string, lines: readonly LogLine[]) => {
      if (of !== run) return
      if (waiting.length === 0) frame = requestAnimationFrame(draw)
      waiting.push(...lines)
    }
    const load = async () => {
      try {
        const { lines } = await api.get<LogPage>(`runs/${pathOf(run)}/log`, control.signal)
        setLog((before) => ({ lines: joined(lines, before.lines), state: 'here', error: '' }))
      } catch (error) {
        if (control.signal.aborted) return
        setLog((before) => ({
          ...before,
          state: 'failed',
          error: error instanceof Error ? error.message : String(error),
        }))
      }
    }
    const again = () => void load()
    socket.on('log', take).on('connect', again)
    again()
    return () => {
      control.abort()
      cancelAnimationFrame(frame)
      socket.off('log', take).off('connect', again)
    }
  }, [run])
  return log
}
