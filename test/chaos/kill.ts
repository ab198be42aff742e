import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { decodeLedger } from '../../runtime/engine/ledger.ts'

/** When a process is killed: when its ledger has so many records, and a little later. */
export interface Moment {
  readonly records: number
  readonly milliseconds: number
  /** The process that works, the one that waits for it to start it again after a crash, or both. */
  readonly whom: 'working' | 'waiting' | 'both'
}

/** A moment of a run whose ledger gets `all` records, the first and the last among them. */
export const momentOf = (random: () => number, all: number): Moment => ({
  records: 1 + Math.floor(random() * (all - 1)),
  // Between two records are a few milliseconds or a call of the model.
  milliseconds: random() < 0.5 ? random() * 5 : random() * 200,
  whom: (['working', 'waiting', 'both'] as const)[Math.floor(random() * 3)] ?? 'both',
})

/** What a run's ledger says: how many records there are, and whether the last one is the run's end. */
export function ledgerOf(folder: string): { readonly records: number; readonly ended: boolean } {
  const path = join(folder, 'ledger')
  if (!existsSync(path)) return { records: 0, ended: false }
  const { records } = decodeLedger(readFileSync(path, 'utf8'))
  return { records: records.length, ended: records.at(-1)?.type === 'end' }
}

/** Waits for a moment of the run that begins in a folder; false where it ended before it came. */
export async function until(
  folder: () => string | undefined,
  { records, milliseconds }: Moment,
  isOver: () => boolean,
): Promise<boolean> {
  for (;;) {
    const path = folder()
    if (path && ledgerOf(path).records >= records) break
    if (isOver()) return false
    await setTimeout(2)
  }
  if (milliseconds >= 1) await setTimeout(milliseconds)
  return !isOver()
}
