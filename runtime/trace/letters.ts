import { join } from 'node:path'
import { type DeadLetter, deadLetterFile, letterLines, readLetter } from '../engine/deadletters-reader.ts'
import { linesOf } from '../engine/linesof.ts'
import { letterFile } from '../engine/replay/choose.ts'
import { replaysOf } from '../engine/replay/settle.ts'
import type { RunSummary } from '../engine/runfolder.ts'
import { readIdentity } from '../memory/identity.ts'
import type { TracedFate } from '../server/api/trace.ts'

/** Rejected rows that a run keeps of one row of its source, with their places in the file. */
export interface Kept {
  readonly index: number
  readonly letter: DeadLetter
}

/** The rejected rows that come from one row of a source: itself, and pieces of it. */
export async function lettersOf(folder: string, row: { source: string; path: string; row: number }): Promise<Kept[]> {
  const found: Kept[] = []
  const mark = JSON.stringify(`${row.source}:${row.path}:${row.row}`).slice(1, -1)
  for await (const { index, text } of letterLines(folder)) {
    if (!text.includes(mark)) continue
    const letter = readLetter(text)
    const parts = readIdentity(letter.identity)
    if (parts?.node === row.source && parts.path === row.path && parts.number === row.row) found.push({ index, letter })
  }
  return found
}

/** Where a rejected row is now: among the run's rejected rows, or what a replay made of it. */
export async function whereRejected(
  { identity, node }: Pick<TracedFate, 'identity' | 'node'>,
  kept: readonly Kept[],
  run: RunSummary,
): Promise<{ readonly words: string; readonly file: string | null }> {
  const mine = kept.find(({ letter }) => letter.node === node && letter.identity === identity)
  if (mine) return { words: `row ${mine.index} of ${deadLetterFile(run.path)}`, file: deadLetterFile(run.path) }
  for (const replay of replaysOf(run).reverse())
    for await (const { text } of linesOf(join(replay.path, letterFile(node))))
      if (text.includes(JSON.stringify(identity))) return { words: `replayed by run ${replay.id}`, file: null }
  return { words: '', file: null }
}
