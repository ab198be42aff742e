import { type Disk, makeLastingFolder, syncTree } from '../../disk/index.ts'
import { addChecksums, emptyChecksum, sameChecksum } from '../../memory/index.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import { Schema } from '../../pipeline/schema.ts'
import type { GatherContext, Gathered, Gathering, TableNode } from '../../sdk/node.ts'
import type { NodePlan } from '../flowplan.ts'
import { packError } from '../messages.ts'
import type { InputReceipt } from '../storing.ts'
import { makeDurable } from './durable.ts'
import { madeFile, madeFolder } from './places.ts'

/** What was kept for the inputs of a node, by input and split. */
export type Kept = { readonly [input: string]: ReadonlyMap<number, InputReceipt> }

export interface GatherOptions
  extends Omit<GatherContext<unknown>, 'config' | 'node' | 'inputs' | 'output' | 'folder'> {
  /** Where the nodes of the run keep their rows. */
  readonly tables: string
}

/**
 * Lets a node make its rows of all that it kept, once: what is whole on disk is taken as it is, what a crash left half
 * made is made anew. Compares what the node found with what it was given.
 */
export async function gather(
  node: NodePlan,
  definition: TableNode,
  kept: Kept,
  options: GatherOptions,
): Promise<Gathered> {
  const { tables, signal, ...given } = options
  const file = madeFile(tables, node.id)
  const disk = options.disk.at('table.gather')
  const before = await readMade(disk, file)
  if (before) return before
  const folder = madeFolder(tables, node.id)
  await disk.removeTree(folder)
  await makeLastingFolder(disk, folder)
  try {
    signal.throwIfAborted()
    const made = await definition.gather({
      ...given,
      signal,
      config: node.config as never, // checked against the node's own schema before the run
      node: node.id,
      inputs: Object.fromEntries(
        Object.entries(node.inputs ?? {}).map(([name, fields]) => [name, inOrder(fields, kept[name])]),
      ),
      output: new Schema(node.output ?? []),
      folder,
    })
    compare(node, kept, made)
    await syncTree(disk, folder)
    await write(disk, `${file}.tmp`, JSON.stringify(made))
    await disk.rename(`${file}.tmp`, file)
    await makeDurable(disk, [file])
    return made
  } catch (error) {
    throw signal.aborted ? error : inNode(error, node.id)
  }
}

async function readMade(disk: Disk, file: string): Promise<Gathered | null> {
  if (!(await disk.stat(file))) return null
  return JSON.parse(String(await disk.read(file))) as Gathered // as a run wrote it, whole
}

async function write(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.open(path, 'new')
  try {
    await file.write(Buffer.from(text), 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

function inOrder(fields: Schema['fields'], kept: Kept[string] | undefined): Gathering {
  const receipts = [...(kept ?? [])].sort(([a], [b]) => a - b)
  return { schema: new Schema(fields), staged: receipts.map(([split, receipt]) => ({ split, receipt })) }
}

/** The rows that were kept for an input, and which. */
export function countKept(receipts: ReadonlyMap<number, InputReceipt> | undefined) {
  let rows = 0
  let sum = emptyChecksum
  for (const { kept } of receipts?.values() ?? []) {
    rows += kept.rows
    sum = addChecksums(sum, kept.sum)
  }
  return { rows, sum }
}

/** Throws where the rows that the node found are not those that came in, or it drops more than there are. */
function compare(node: NodePlan, kept: Kept, made: Gathered): void {
  const { id, type, inputs } = node
  const { found, filtered } = made
  let all = 0
  for (const input of Object.keys(inputs ?? {})) {
    const entered = countKept(kept[input])
    const again = found[input] ?? { rows: 0, sum: emptyChecksum }
    all += entered.rows
    if (again.rows === entered.rows && sameChecksum(again.sum, entered.sum)) continue
    const where = input && ` by its input ${input}`
    const what = again.rows === entered.rows ? 'as many, but not the same ones' : `found ${again.rows} again`
    throw lost(id, `${entered.rows} rows came into ${id} (${type})${where}, and it ${what}`)
  }
  if (filtered.rows > all) throw lost(id, `${all} rows came into ${id} (${type}), and it left ${filtered.rows} out`)
  if (made.passed) comparePassed(node, made)
}

/** Rows that keep who they are: those that leave and those that are filtered are all that came in. */
function comparePassed({ id, type }: NodePlan, { found, filtered, splits }: Gathered): void {
  const all = Object.values(found).reduce(plus, nothing)
  const leaving = splits.reduce((sum, { rows = 0, sum: of = emptyChecksum }) => plus(sum, { rows, sum: of }), nothing)
  const both = plus(leaving, filtered)
  if (both.rows === all.rows && sameChecksum(both.sum, all.sum)) return
  const what = `it made ${leaving.rows} and filtered ${filtered.rows}${both.rows === all.rows ? ', but not each of them once' : ''}`
  throw lost(id, `${all.rows} rows came into ${id} (${type}), and ${what}`)
}

const nothing = { rows: 0, sum: emptyChecksum }
const plus = (a: typeof nothing, b: typeof nothing) => ({ rows: a.rows + b.rows, sum: addChecksums(a.sum, b.sum) })

function lost(node: string, message: string): HeadraceError {
  return new HeadraceError('row-counts', `row counts do not match: ${message}`, {
    place: { node },
    hint: 'A node lost or doubled rows. This is a fault of the node; nothing that it made was used.',
  })
}

/** What a node throws names it; a full disk says what to do, also where only an engine's words tell of it. */
function inNode(thrown: unknown, node: string): HeadraceError {
  const { code, message, place, hint, fault } = packError(thrown)
  const full = code === 'ENOSPC' || /no space left on device|disk quota exceeded/i.test(message)
  const known = thrown instanceof HeadraceError
  const help =
    hint ?? (full ? 'The disk is full: all rows of this node wait on it. Make room on it, then resume.' : undefined)
  const error = new HeadraceError(full ? 'ENOSPC' : known ? code : code === 'crash' ? 'gather' : code, message, {
    place: { node, ...place },
    fault: fault || full,
    cause: thrown,
    ...(help && { hint: help }),
  })
  return error
}
