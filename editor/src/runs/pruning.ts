import type { Pruned } from '@headrace/runtime/api'
import { api } from '../api/client.ts'
import { attempt, notify } from '../model/notices.ts'
import { bytes } from '../style/numbers.ts'
import { words } from './words.ts'

/** Says which runs are old, and removes them where the reader wants that: it cannot be undone. */
export async function offerPruning(): Promise<void> {
  const old = await attempt(words.refused.prune, () => api.post<Pruned>('runs/prune', { dryRun: true }))
  if (!old) return
  if (old.removed.length === 0) {
    notify('done', words.nothingOld)
    return
  }
  const away = notify('warning', words.old(old.removed.length, sizeOf(old)), {
    hint: words.oldWhy,
    actions: [
      {
        title: words.prune,
        run: () => {
          away()
          void prune()
        },
      },
    ],
  })
}

async function prune(): Promise<void> {
  const done = await attempt(words.refused.prune, () => api.post<Pruned>('runs/prune', { dryRun: false }))
  if (done) notify('done', words.pruned(done.removed.length, sizeOf(done)))
}

const sizeOf = ({ removed }: Pruned): string => bytes(removed.reduce((sum, run) => sum + run.bytes, 0))
