import type { RowsAsk, RowsPage } from '@headrace/runtime/api'
import { useEffect, useState } from 'react'
import { socket } from '../../api/socket.ts'
import { mergedRows } from './merge.ts'

/**
 * The latest rows of an edge of a run at work. They are asked for while this is shown and the page can be seen, and no
 * longer: the run samples nothing for nobody. Drawn at most once a frame.
 */
export function useLatestRows(run: string | null, edge: string | null, wanted: boolean): RowsPage | null {
  const [latest, setLatest] = useState<{ readonly ask: RowsAsk; readonly page: RowsPage } | null>(null)
  useEffect(() => {
    if (run === null || edge === null || !wanted) return
    return follow({ run, edge }, (page) => setLatest({ ask: { run, edge }, page }))
  }, [run, edge, wanted])
  return latest?.ask.run === run && latest.ask.edge === edge ? latest.page : null
}

/** Opens the rows, takes each page in at the next frame, and gives what closes them. */
function follow(ask: RowsAsk, show: (page: RowsPage) => void): () => void {
  let open = false
  let frame = 0
  let latest: RowsPage | null = null
  const sync = () => {
    const shall = socket.connected && !document.hidden
    if (shall === open) return
    open = shall
    // A server that went away has forgotten it.
    if (socket.connected) socket.emit(open ? 'rows:open' : 'rows:close', ask)
  }
  const take = (of: RowsAsk, page: RowsPage) => {
    if (of.run !== ask.run || of.edge !== ask.edge) return
    const merged = mergedRows(latest, page)
    latest = merged
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => show(merged))
  }
  socket.on('rows', take).on('connect', sync).on('disconnect', sync)
  document.addEventListener('visibilitychange', sync)
  sync()
  return () => {
    cancelAnimationFrame(frame)
    if (open && socket.connected) socket.emit('rows:close', ask)
    socket.off('rows', take).off('connect', sync).off('disconnect', sync)
    document.removeEventListener('visibilitychange', sync)
  }
}
