import type { RejectedPage, RejectedRow, RunView } from '@headrace/runtime/api'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, pathOf } from '../../api/client.ts'

/** A run's rejected rows, as far as they were fetched. */
export interface RejectedRows {
  readonly run: string
  readonly total: number
  readonly rows: readonly RejectedRow[]
  readonly error: string
}

const pageRows = 500

/** A run's rejected rows, page by page: `more` fetches the next; new ones come in while the run is at work. */
export function useRejected(run: RunView | null, count: number) {
  const [rejected, setRejected] = useState<RejectedRows | null>(null)
  const busy = useRef(false)
  const id = run?.id ?? null
  const have = rejected?.run === id ? rejected : null

  const load = useCallback(
    async (offset: number, signal?: AbortSignal) => {
      if (id === null || busy.current) return
      busy.current = true
      try {
        const page = await api.get<RejectedPage>(
          `runs/${pathOf(id)}/rejected?offset=${offset}&limit=${pageRows}`,
          signal,
        )
        setRejected((before) => ({
          run: id,
          total: page.total,
          rows: [...(before?.run === id ? before.rows.slice(0, offset) : []), ...page.rows],
          error: '',
        }))
      } catch (error) {
        if (!signal?.aborted && error instanceof Error)
          setRejected((before) => ({
            run: id,
            total: 0,
            rows: before?.run === id ? before.rows : [],
            error: error.message,
          }))
      } finally {
        busy.current = false
      }
    },
    [id],
  )

  useEffect(() => {
    const control = new AbortController()
    busy.current = false
    void load(0, control.signal)
    return () => control.abort()
  }, [load])

  // While the run is at work new ones are asked for now and then, and once more at its end: those behind the last.
  const atWork = run?.status === 'running'
  const seen = have?.rows.length ?? 0
  const next = useRef({ seen, count })
  next.current = { seen, count }
  useEffect(() => {
    if (!atWork) {
      if (next.current.seen < pageRows) void load(next.current.seen)
      return
    }
    const timer = setInterval(() => {
      const { seen: from, count: there } = next.current
      if (there > from && from < pageRows) void load(from)
    }, 1500)
    return () => clearInterval(timer)
  }, [atWork, load])

  const more = useCallback(() => {
    if (have && have.rows.length < have.total) void load(have.rows.length)
  }, [have, load])
  return { rejected: have, more, reload: useCallback(() => load(0), [load]) }
}
