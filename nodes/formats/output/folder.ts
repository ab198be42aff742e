import { basename, dirname, join, relative, sep } from 'node:path'
import {
  type Disk,
  type DiskFile,
  HeadraceError,
  type Json,
  makeLastingFolder,
  type OpenSink,
  type Receipt,
} from '@headrace/runtime/sdk'
import type { Assembler, OutputContext } from '../output.ts'
import { onDisk, writeAt } from './disk.ts'
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
  const { disk } = context
  const { ending, assembler, partSize } = options
  const { partitionBy = [], ifExists } = context.config
  const ours = `part-${context.runId}-`
  // New parts stay hidden until the run ends only where they take the place of old ones.
  const replace = ifExists === 'replace'
  const schema = columnsInFiles(context.schema, partitionBy)
  const packing: Packing = packParts(partSize)
  const staged = stagedFiles(disk, folder)
  // A cast: the ledger gives back what `commit` returned.
  const resumed = context.resumed as FolderState | null
  let state = resumed ?? { rows: 0, index: 0, parts: 0 }
  /** Files of a commit that failed: they are listed and packed, and its parts may be in place. */
  const taken = new Set<string>()
  let full: PlannedPart[] = []
  /** The parts that were not full at the end. */
  let rest: readonly PlannedPart[] | null = null
  /** Folders of partitions whose names are on disk. */
  const lasting = new Set([join(folder, '.')])

  const index = await onDisk(folder, async () => {
    await makeLastingFolder(disk.at('folder.open'), folder)
    if (!resumed) await begin()
    return await openIndex(disk, join(folder, `.${ours}${context.node}.index.tmp`), state.index)
  })
  for (const { file, segments } of index.entries) {
    staged.add(file, segments.length)
    for (const part of packing.add(file, segments)) staged.used(part)
  }
  await onDisk(folder, staged.clear)

  /** Nothing of this run is in the ledger: what it may have put there counts for nothing. */
  async function begin() {
    const names = await partsIn(disk, folder, ending)
    const [own, old] = [names.filter(isOurs), names.filter((name) => !isOurs(name))]
    if (ifExists === 'fail' && old.length) throw alreadyThere(join(folder, old[0] as string))
    for (const name of [...own, ...(await hiddenPartsIn(disk, folder, ours))])
      await disk.at('folder.open').remove(join(folder, name))
  }

  function isOurs(name: string): boolean {
    return basename(name).startsWith(ours)
  }

  const placeOf = ({ partition, number }: PlannedPart) =>
    join(folder, partition, `${ours}${String(number).padStart(5, '0')}${ending}`)

  /** Puts parts in place; done again, it makes the same ones. */
  async function place(parts: readonly PlannedPart[], hidden: boolean): Promise<void> {
    await someAtOnce(parts, async (part) => {
      const target = placeOf(part)
      await assemble(part, target, hidden ? hiddenName(target) : target)
    })
    const folders = new Set(parts.map((part) => dirname(placeOf(part))))
    const fresh = [...folders].filter((one) => !lasting.has(one))
    for (const one of fresh) for (const above of foldersUpTo(folder, one)) folders.add(above)
    await someAtOnce([...folders], disk.at('folder.place').syncFolder)
    for (const one of fresh) lasting.add(one)
  }

  async function assemble(part: PlannedPart, target: string, path: string): Promise<void> {
    const here = disk.at('folder.place')
    if (!(await staged.has(part))) {
      // An earlier end of this run has put it in place and taken away what it was made from.
      if ((await here.stat(target)) || (await here.stat(path))) return
      throw new HeadraceError('output-lost', `What the interrupted run had written for ${target} is gone.`, {
        place: { file: target },
        hint: 'Start the run anew.',
      })
    }
    if (!lasting.has(dirname(path))) await here.makeFolder(dirname(path))
    const [first] = part.segments
    if (part.segments.length === 1 && first) {
      const file = join(folder, first.file)
      if ((await here.stat(file))?.size === first.end - first.start) return await here.rename(file, path)
    }
    await write(here, path, `${hiddenName(target)}.new`, async (file) => {
      const { pieces, side = new Uint8Array(0), state: begun } = await assembler.begin(null, schema)
      const sides = [side]
      let position = await writeAt(disk, file, 0, pieces)
      let known = begun
      for (const { file: from, start, end } of part.segments) {
        const next = await assembler.append({ file: join(folder, from), start, end }, known, position)
        position = await writeAt(disk, file, position, next.pieces)
        known = next.state
        if (next.side) sides.push(next.side)
      }
      await writeAt(disk, file, position, [await assembler.end(known, Buffer.concat(sides), position)])
    })
  }

  /** Where it fails it may be called again with the same receipts. */
  async function commit(receipts: readonly Receipt[], intend: (intent: Json) => Promise<void>) {
    await staged.clear()
    for (const receipt of receipts) {
      const { segments } = receipt.data as unknown as { segments: readonly Segment[] } // as `stageSegments` made it
      for (const path of receipt.files) {
        const file = basename(path)
        if (taken.has(file)) continue
        taken.add(file)
        index.add({ file, segments })
        staged.add(file, segments.length)
        full.push(...packing.add(file, segments))
      }
    }
    // The list names them: from here on they must not go.
    if (taken.size) await disk.at('folder.commit').syncFolder(folder)
    // Readers see them from here on: a run that starts anew must know that this one has stored rows.
    if (full.length > 0 && !replace && state.rows === 0) await intend({ parts: full.length })
    await place(full, replace)
    const bytes = await index.flush()
    for (const part of full) staged.used(part)
    const rows = receipts.reduce((sum, receipt) => sum + receipt.rows, state.rows)
    state = { rows, parts: state.parts + full.length, index: bytes }
    taken.clear()
    full = []
    return { state }
  }

  /** Where it fails it may be called again. */
  async function finish() {
    const here = disk.at('folder.finish')
    if (!rest) {
      rest = index.lost ? [] : packing.rest()
      for (const part of rest) staged.used(part)
    }
    await place(rest, replace)
    if (replace) await putInPlace(here)
    const none = async () => (await partsIn(disk, folder, ending)).length === 0
    if (state.rows === 0 && partitionBy.length === 0 && (await none())) await writeEmpty(here)
    await here.syncFolder(folder)
    await staged.clear()
    // Without it, all that it listed is in place.
    await index.remove()
    const made = (await partsIn(disk, folder, ending)).filter(isOurs)
    const sizes = await Promise.all(made.map(async (name) => (await disk.stat(join(folder, name)))?.size ?? 0))
    return { path: folder, rows: state.rows, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  async function putInPlace(here: Disk): Promise<void> {
    const changed = new Set<string>()
    const at = (name: string) => {
      changed.add(dirname(join(folder, name)))
      return join(folder, name)
    }
    for (const name of await partsIn(disk, folder, ending))
      if (oldParts([basename(name)], ending).length && !isOurs(name)) await here.remove(at(name))
    for (const name of await hiddenPartsIn(disk, folder, ours)) {
      if (!name.endsWith(`${ending}.tmp`)) continue
      await here.rename(at(name), join(folder, dirname(name), basename(name).slice(1, -'.tmp'.length)))
    }
    // An earlier try may have changed any of them.
    for (const name of await foldersIn(disk, folder)) await here.syncFolder(join(folder, name))
    for (const one of changed) await here.syncFolder(one)
    await removeEmpty(here, folder)
  }

  async function writeEmpty(here: Disk): Promise<void> {
    const { pieces, side, state: empty } = await assembler.begin(null, schema)
    const target = join(folder, `${ours}00000${ending}`)
    await write(here, target, `${hiddenName(target)}.new`, async (file) => {
      const head = await writeAt(disk, file, 0, pieces)
      await writeAt(disk, file, head, [await assembler.end(empty, side ?? new Uint8Array(0), head)])
    })
  }

  return {
    stageFolder: folder,
    commit: (receipts, intend) => onDisk(folder, () => commit(receipts, intend)),
    finish: () => onDisk(folder, finish),
    close: index.close,
  }
}

/** Writes a file whole under another name, then gives it its own. */
async function write(
  disk: Disk,
  path: string,
  fresh: string,
  content: (file: DiskFile) => Promise<void>,
): Promise<void> {
  const file = await disk.open(fresh, 'new')
  try {
    await content(file)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(fresh, path)
}

/** The folders above a folder of a partition, up to `top`. */
function foldersUpTo(top: string, folder: string): string[] {
  const names = relative(top, folder).split(sep).filter(Boolean)
  return names.map((_, count) => join(top, ...names.slice(0, count)))
}

/** The staged files, each until all of it is in parts that the ledger knows. */
function stagedFiles(disk: Disk, folder: string) {
  const left = new Map<string, number>()
  const spent: string[] = []
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
      return (await Promise.all(files.map(disk.stat))).every(Boolean)
    },
    /** Removes what the ledger says is in place. */
    async clear() {
      for (let file = spent.at(-1); file !== undefined; file = spent.at(-1)) {
        await disk.at('folder.clear').remove(join(folder, file))
        left.delete(file)
        spent.pop()
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

/** Folders of partitions that lost their last file. */
async function removeEmpty(disk: Disk, folder: string): Promise<void> {
  for (const name of await foldersIn(disk, folder)) {
    const path = join(folder, name)
    if ((await disk.list(path)).length === 0) await disk.removeFolder(path)
  }
}
