import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckedNode } from '../../pipeline/check.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import { jsonText } from '../../rows/index.ts'
import { letterLines, readLetter } from '../deadletters-reader.ts'
import type { PlannedSplit } from '../runfolder.ts'
import type { Asked } from './question.ts'
import { whyNot } from './refusals.ts'

/** The most of a part of a replay. */
const most = { rows: 2000, bytes: 4 << 20 }

/** The rejected rows of one node that are run again, while they are written into a file. */
class Group {
  readonly splits: PlannedSplit[] = []
  readonly #node: string
  readonly #file: number
  /** Where the file will be. */
  readonly #final: string
  #start = 0
  #end = 0
  #rows = 0

  constructor(node: string, folder: string, final: string) {
    this.#node = node
    this.#final = join(final, letterFile(node))
    this.#file = openSync(join(folder, letterFile(node)), 'w')
  }

  add(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    this.#end += bytes.length
    this.#rows++
    if (this.#rows >= most.rows || this.#end - this.#start >= most.bytes) this.#cut()
  }

  close(): void {
    this.#cut()
    closeSync(this.#file)
  }

  #cut(): void {
    if (this.#rows === 0) return
    const [start, end, rows] = [this.#start, this.#end, this.#rows]
    const split = { parts: [{ path: letterFile(this.#node), start, end, firstRow: 1 }], rows, bytes: end - start }
    this.splits.push({ source: this.#node, split, letters: { file: this.#final, start, end } })
    this.#start = this.#end
    this.#rows = 0
  }
}

/** How a replay's folder calls the file of a node's rows. */
export const letterFile = (node: string): string => `replayed-${node}.ndjson`

/**
 * Writes the rows that are run again, with their new values, into one file a node in `folder`, which will be moved to
 * `final`, and cuts them into parts. Throws where the pipeline as it is now cannot take one of them.
 */
export async function chooseLetters(
  run: string,
  asked: Asked,
  nodes: Readonly<Record<string, CheckedNode>>,
  order: readonly string[],
  { folder, final }: { folder: string; final: string },
): Promise<PlannedSplit[]> {
  const groups = new Map<string, Group>()
  let last = -1
  for await (const { index, text: line } of letterLines(run)) {
    last = index
    if (asked.rows && !asked.rows.has(index)) continue
    const mend = asked.mends.get(index)
    const text = mend ? mended(line, mend) : line
    const letter = readLetter(text)
    const wrong = whyNot(index, letter, nodes[letter.node], Object.keys(mend ?? {}))
    if (wrong) throw wrong
    const group = groups.get(letter.node) ?? new Group(letter.node, folder, final)
    groups.set(letter.node, group)
    group.add(text)
  }
  for (const group of groups.values()) group.close()
  refuseUnknown(asked, last + 1)
  return order.flatMap((id) => groups.get(id)?.splits ?? [])
}

const mended = (line: string, mend: { readonly [column: string]: unknown }): string =>
  `${line.slice(0, line.lastIndexOf('}'))},"_mend":${jsonText(mend)}}`

function refuseUnknown({ rows, mends }: Asked, total: number): void {
  const wrong = [...(rows ?? []), ...mends.keys()].find((index) => index < 0 || index >= total)
  if (wrong === undefined) return
  const last = total === 1 ? 'there is one, row 0' : `the last one is row ${total - 1}`
  throw new HeadraceError('no-such-row', `there is no rejected row ${wrong}: ${last}`, {
    hint: 'Rows are counted from 0, in the order of the file of rejected rows.',
  })
}
