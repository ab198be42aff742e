import type { RunView } from '@headrace/runtime/api'
import { create } from 'zustand'
import { attempt, notify } from '../model/notices.ts'
import { deleteRun } from '../model/runs.ts'
import { when } from '../style/numbers.ts'
import { words } from './words.ts'

/** Runs that the reader deleted and may still want back: gone from the list, not from the disk. */
export const useDeleted = create<{ readonly ids: readonly string[] }>(() => ({ ids: [] }))

/** So long Undo is offered; a page that is closed before has deleted nothing. */
const undoMilliseconds = 8000

/** Deletes a run's folder after a while in which it can be undone. */
export function deleteLater(run: RunView): void {
  useDeleted.setState(({ ids }) => ({ ids: [...ids, run.id] }))
  const back = () => useDeleted.setState(({ ids }) => ({ ids: ids.filter((id) => id !== run.id) }))
  const timer = setTimeout(() => {
    away()
    void attempt(words.refused.delete, () => deleteRun(run.id)).then((done) => {
      if (done === undefined) back()
    })
  }, undoMilliseconds)
  const away = notify('done', words.deleted(run.name, when(run.started)), {
    actions: [
      {
        title: words.undo,
        run: () => {
          clearTimeout(timer)
          back()
          away()
        },
      },
    ],
  })
}
