import { type Disk, HeadraceError } from '@headrace/runtime/sdk'
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
  /** Makes what was added durable; gives the length of it all. Where it fails it may be called again. */
  readonly flush: () => Promise<number>
  readonly remove: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens the list, cut off behind what the ledger knows of it. A commit sees to its name, as to those of what it lists. */
export async function openIndex(disk: Disk, path: string, length: number): Promise<IndexFile> {
  const here = disk.at('index.open')
  const lost = length > 0 && !(await here.stat(path))
  const known = length && !lost ? await here.read(path) : Buffer.alloc(0)
  if (!lost && known.length < length)
    throw new HeadraceError('output-lost', `${path} is shorter than the interrupted run had made it.`, {
      place: { file: path },
      hint: 'Start the run anew.',
    })
  const lines = known.subarray(0, length).toString().split('\n')
  const entries = lines.flatMap((line) => (line ? [JSON.parse(line) as Entry] : [])) // as `add` wrote it
  const opened = lost ? null : await here.open(path, length ? 'edit' : 'new')
  await opened?.truncate(length)
  const file = opened?.at('index.append')
  let position = length
  let added: string[] = []
  return {
    entries,
    lost,
    add: (entry) => void added.push(`${JSON.stringify(entry)}\n`),
    async flush() {
      if (!file || added.length === 0) return position
      const bytes = Buffer.from(added.join(''))
      await file.write(bytes, position)
      await file.sync()
      added = []
      position += bytes.length
      return position
    },
    async remove() {
      await file?.close()
      await disk.at('index.finish').remove(path)
    },
    close: async () => await file?.close(),
  }
}
