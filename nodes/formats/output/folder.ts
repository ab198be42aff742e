import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HeadraceError, type OpenSink, type Receipt } from '@headrace/runtime/sdk'
import type { Assembler, OutputContext } from '../output.ts'
import { onDisk, syncFolder, writeAt } from './disk.ts'
import { openIndex } from './index-file.ts'
import { type Packing, type PlannedPart, packParts } from './packing.ts'
import { columnsInFiles } from './partition.ts'
import { foldersIn, hiddenPartsIn, oldParts, partsIn } from './parts.ts'
import type { Segment } from './segments.ts'
import { alreadyThere } from './single.ts'

type FolderState = {
  readonly rows: number
  /** Bytes of the list of what is staged that count: what comes behind them is not in the ledger. */
  readonly index: number
  readonly parts: number
}

/**
 * A folder of parts near `partSize`, named by run and number, `part-<run>-00012.csv`, each in the folder of its
 * partition. What lanes staged is listed in a file; a part that is full is put together at once, the others at the end.
 */
export async function openPartFolder(
  context: OutputContext,
  folder: string,
  options: { readonly ending: string; readonly assembler: Assembler; readonly partSize: number },
): Promise<OpenSink> {
  const { ending, assembler, partSize } = options
  const { partitionBy = [], ifExists } = context.config
  const ours = `part-${context.runId}-`
  // New parts stay hidden until the run ends only where they take the place of old ones.
  const replace = ifExists === 'replace'
  const schema = columnsInFiles(context.schema, partitionBy)
  const packing: Packing = packParts(partSize)
  const staged = stagedFiles(folder)
  // A cast: the ledger gives back what `commit` returned.
  const resumed = context.resumed as FolderState | null
  let state = resumed ?? { rows: 0, index: 0, parts: 0 }

  await onDisk(folder, () => mkdir(folder, { recursive: true }))
  if (!resumed) await begin()
  const index = await openIndex(join(folder, `.${ours}${context.node}.index.tmp`), state.index)
  for (const { file, segments } of index.entries) {
    staged.add(file, segments.length)
    for (const part of packing.add(file, segments)) staged.used(part)
  }
  await staged.clear()

  async function begin() {
    const names = await partsIn(folder, ending)
    const old = names.filter((name) => !basename(name).startsWith(ours))
    if (ifExists === 'fail' && old.length) throw alreadyThere(join(folder, old[0] as string))
    for (const name of await hiddenPartsIn(folder, ours)) await rm(join(folder, name))
  }

  const placeOf = ({ partition, number }: PlannedPart) =>
    join(folder, partition, `${ours}${String(number).padStart(5, '0')}${ending}`)

  /** Puts parts in place; done again, it makes the same ones. */
  async function place(parts: readonly PlannedPart[], hidden: boolean): Promise<void> {
    await someAtOnce(parts, async (part) => {
      const target = placeOf(part)
      await assemble(part, target, hidden ? hiddenName(target) : target)
    })
    await someAtOnce([...new Set(parts.map((part) => dirname(placeOf(part))))], syncFolder)
  }

  async function assemble(part: PlannedPart, target: string, path: string): Promise<void> {
    if (!(await staged.has(part))) {
      // An earlier end of this run has put it in place and taken away what it was made from.
      if ((await exists(target)) || (await exists(path))) return
      throw new HeadraceError('output-lost', `What the interrupted run had written for ${target} is gone.`, {
        place: { file: target },
        hint: 'Start the run anew.',
      })
    }
    await mkdir(dirname(path), { recursive: true })
    const [first] = part.segments
    if (part.segments.length === 1 && first && (await isWhole(join(folder, first.file), first.end - first.start))) {
      await rename(join(folder, first.file), path)
      return
    }
    const fresh = `${hiddenName(target)}.new`
    const handle = await open(fresh, 'w')
    try {
      const { pieces, side = new Uint8Array(0), state: begun } = await assembler.begin(null, schema)
      const sides = [side]
      let position = await writeAt(handle, 0, pieces)
      let known = begun
      for (const { file, start, end } of part.segments) {
        const next = await assembler.append({ file: join(folder, file), start, end }, known, position)
        position = await writeAt(handle, position, next.pieces)
        known = next.state
        if (next.side) sides.push(next.side)
      }
      await writeAt(handle, position, [await assembler.end(known, Buffer.concat(sides), position)])
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, path)
  }

  async function commit(receipts: readonly Receipt[]) {
    await staged.clear()
    let { rows, parts } = state
    const full: PlannedPart[] = []
    for (const receipt of receipts) {
      rows += receipt.rows
      const { segments } = receipt.data as unknown as { segments: readonly Segment[] } // as `stageSegments` made it
      for (const path of receipt.files) {
        const file = basename(path)
        index.add({ file, segments })
        staged.add(file, segments.length)
        full.push(...packing.add(file, segments))
      }
    }
    await place(full, replace)
    for (const part of full) staged.used(part)
    parts += full.length
    state = { rows, parts, index: await index.flush() }
    return { state }
  }

  async function finish() {
    const rest = index.lost ? [] : packing.rest()
    await place(rest, replace)
    if (replace) await putInPlace()
    if (state.rows === 0 && partitionBy.length === 0 && (await partsIn(folder, ending)).length === 0) await writeEmpty()
    for (const part of rest) staged.used(part)
    await staged.clear()
    await syncFolder(folder)
    // Without it, all that it listed is in place.
    await index.remove()
    const made = (await partsIn(folder, ending)).filter((name) => basename(name).startsWith(ours))
    const sizes = await Promise.all(made.map(async (name) => (await stat(join(folder, name))).size))
    return { path: folder, rows: state.rows, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  async function putInPlace(): Promise<void> {
    for (const name of await partsIn(folder, ending))
      if (oldParts([basename(name)], ending).length && !basename(name).startsWith(ours)) await rm(join(folder, name))
    for (const name of await hiddenPartsIn(folder, ours)) {
      if (!name.endsWith(`${ending}.tmp`)) continue
      await rename(join(folder, name), join(folder, dirname(name), basename(name).slice(1, -'.tmp'.length)))
    }
    await removeEmpty(folder)
  }

  async function writeEmpty(): Promise<void> {
    const { pieces, side, state: empty } = await assembler.begin(null, schema)
    const handle = await open(join(folder, `${ours}00000${ending}`), 'w')
    try {
      const head = await writeAt(handle, 0, pieces)
      await writeAt(handle, head, [await assembler.end(empty, side ?? new Uint8Array(0), head)])
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  return {
    stageFolder: folder,
    commit: (receipts) => onDisk(folder, () => commit(receipts)),
    finish: () => onDisk(folder, finish),
    close: index.close,
  }
}

/** The staged files, each until all of it is in parts that the ledger knows. */
function stagedFiles(folder: string) {
  const left = new Map<string, number>()
  let spent: string[] = []
  return {
    add: (file: string, segments: number) => void left.set(file, segments),
    /** A part is in place. */
    used({ segments }: PlannedPart) {
      for (const { file } of segments) {
        const count = (left.get(file) ?? 0) - 1
        left.set(file, count)
        if (count <= 0) spent.push(file)
      }
    },
    has: async ({ segments }: PlannedPart) => {
      const files = [...new Set(segments.map(({ file }) => join(folder, file)))]
      return (await Promise.all(files.map(exists))).every(Boolean)
    },
    /** Removes what the ledger says is in place. */
    async clear() {
      const files = spent
      spent = []
      for (const file of files) {
        left.delete(file)
        await rm(join(folder, file), { force: true })
      }
    },
  }
}

const atOnce = 16

/** Does a step for each, some at once: the disk is waited for by all of them together. */
async function someAtOnce<T>(all: readonly T[], step: (one: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < all.length) await step(all[next++] as T)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker))
}

const hiddenName = (path: string): string => join(dirname(path), `.${basename(path)}.tmp`)

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null

const isWhole = async (path: string, bytes: number): Promise<boolean> =>
  (await stat(path).catch(() => null))?.size === bytes

/** Folders of partitions that lost their last file. */
async function removeEmpty(folder: string): Promise<void> {
  for (const name of await foldersIn(folder)) await rmdir(join(folder, name)).catch(() => {})
}
