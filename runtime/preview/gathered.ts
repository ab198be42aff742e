import { mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { realDisk } from '../disk/index.ts'
import { addBooks, type Books, noBooks } from '../engine/books.ts'
import { type End, inputId, type NodePlan } from '../engine/flowplan.ts'
import { gather } from '../engine/phases/gather.ts'
import { keepFolder } from '../engine/phases/places.ts'
import type { InputReceipt } from '../engine/storing.ts'
import type { Batch, Scope } from '../memory/index.ts'
import { cores, defaultMemory } from '../plan/machine.ts'
import type { TableNode } from '../sdk/node.ts'
import { type AloneOptions, type Given, type Left, runAlone } from './alone.ts'

const target = { rows: 100_000, bytes: 64 << 20 }

/**
 * Runs a node that needs all rows, as a run does: what comes of each source is kept apart, then the node makes its own
 * of it all, and they are read again. `given`: the rows of each source, by edge.
 */
export async function runTableAlone(
  node: NodePlan,
  definition: TableNode,
  given: readonly (readonly Given[])[],
  scope: Scope,
  options: AloneOptions,
): Promise<Left> {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-rows-'))
  try {
    const kept = new Map<string, Map<number, InputReceipt>>(
      Object.keys(node.inputs ?? {}).map((name) => [name, new Map()]),
    )
    const rejects: Batch[] = []
    let books = noBooks
    for (const [index, edges] of given.entries()) {
      const part = { index, source: '', stage: stageIn(folder) }
      const left = await runAlone(node, edges, scope, { ...options, ports: [], part })
      for (const [input, receipts] of kept) {
        const receipt = left.receipts[inputId(node.id, input)]
        // What comes to an input of such a node says which rows they are.
        if (receipt) receipts.set(index, receipt as InputReceipt)
      }
      rejects.push(...left.rejects)
      books = addBooks(books, left.books)
    }
    const made = await gather(node, definition, Object.fromEntries(kept), {
      disk: realDisk,
      tables: folder,
      memory: Math.min(defaultMemory(), 256 << 20),
      threads: cores(),
      target,
      now: new Date(options.now),
      signal: options.signal,
      log: () => {},
    })
    const ports = new Map<string, Batch[]>(options.ports.map((port) => [port, []]))
    let cut = false
    let out = 0
    for (const [index, split] of made.splits.entries()) {
      const part = { index, source: node.id, data: made.data }
      const left = await runAlone(node, [], scope, { ...options, split, part })
      for (const [port, batches] of left.ports) ports.get(port)?.push(...batches)
      cut ||= left.cut
      out += left.books.out
    }
    return { ports, rejects, receipts: {}, cut, books: withMade(books, out, made.filtered.rows) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What was kept counts as parents of what was made, but for the rows that are in none of it. */
const withMade = (books: Books, out: number, filtered: number): Books => ({
  ...books,
  out,
  parents: books.parents - filtered,
  filtered: books.filtered + filtered,
})

const stageIn = (folder: string) => (end: End, split: number, count: number, ending: string) => {
  const file = join(keepFolder(folder, end), `${split}-${count}${ending}`)
  mkdirSync(dirname(file), { recursive: true })
  return file
}
