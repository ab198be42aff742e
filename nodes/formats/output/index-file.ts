import { open, readFile, rm } from 'node:fs/promises'
import { HeadraceError } from '@headrace/runtime/sdk'
import type { Segment } from './segments.ts'

/** A staged file and what lies in it. */
export interface Entry {
  readonly file: string
  readonly segments: readonly Segment[]
}

/** The list of what is staged: it grows with every commit, and the ledger keeps only how much of it counts. */
export interface IndexFile {
  /** What was in it when it was opened. */
  readonly entries: readonly Entry[]
  /** It is gone: the run had put all of its output in place. */
  readonly lost: boolean
  readonly add: (entry: Entry) => void
  /** Makes what was added durable; gives the length of it all. */
  readonly flush: () => Promise<number>
  readonly remove: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens the list, cut off behind what the ledger knows of it. */
export async function openIndex(path: string, length: number): Promise<IndexFile> {
  const text = length ? await readFile(path, 'utf8').catch(() => null) : ''
  const lost = text === null
  if (text !== null && Buffer.byteLength(text) < length)
    throw new HeadraceError('output-lost', `${path} is shorter than the interrupted run had made it.`, {
      place: { file: path },
      hint: 'Start the run anew.',
    })
  const known = Buffer.from(text ?? '')
    .subarray(0, length)
    .toString()
  const entries = known.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Entry] : [])) // as `add` wrote it
  const handle = lost ? null : await open(path, length ? 'r+' : 'w')
  await handle?.truncate(length)
  let position = length
  let lines: string[] = []
  return {
    entries,
    lost,
    add: (entry) => void lines.push(`${JSON.stringify(entry)}\n`),
    async flush() {
      if (!handle || lines.length === 0) return position
      const bytes = Buffer.from(lines.join(''))
      lines = []
      await handle.write(bytes, 0, bytes.length, position)
      await handle.datasync()
      position += bytes.length
      return position
    },
    async remove() {
      await handle?.close()
      await rm(path, { force: true })
    },
    // Closing twice is no error for a FileHandle.
    close: async () => await handle?.close(),
  }
}
