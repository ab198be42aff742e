import type { RowsPage, RunView } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { api, pathOf, Refused } from '../../api/client.ts'

/** What an ended run kept of an edge: its last rows, or that there are none. */
export interface KeptRows {
  readonly of: string
  readonly page: RowsPage | null
  /** Why there are none, in the server's words. */
  readonly error: string | null
}

/** The rows that an ended run kept of an edge; null while they are on their way. */
export function useKeptRows(run: RunView | null, edge: string | null): KeptRows | null {
  const [kept, setKept] = useState<KeptRows | null>(null)
  const id = run && run.status !== 'running' ? run.id : null
  const of = `${id} ${edge}`
  useEffect(() => {
    if (id === null || edge === null) return
    const control = new AbortController()
    api
      .get<RowsPage | null>(`runs/${pathOf(id)}/rows?edge=${encodeURIComponent(edge)}`, control.signal)
      .then((page) => setKept({ of, page: page?.columns.length ? page : null, error: null }))
      .catch((error: unknown) => {
        if (control.signal.aborted) return
        const known = error instanceof Refused && error.status === 404
        setKept({ of, page: null, error: known || !(error instanceof Error) ? null : error.message })
      })
    return () => control.abort()
  }, [id, edge, of])
  return id !== null && edge !== null && kept?.of === of ? kept : null
}
