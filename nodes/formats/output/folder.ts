import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { OpenSink, Receipt } from '@headrace/runtime/sdk'
import type { Assembler, OutputContext } from '../output.ts'
import { isMissing, onDisk, syncFolder, writeAt } from './disk.ts'
import { alreadyThere } from './single.ts'

type FolderState = { readonly rows: number; readonly bytes: number; readonly parts: number }

/** A folder of parts, one a split, named by run and split: `part-<run>-00012.csv`. */
export async function openPartFolder(
  context: OutputContext,
  folder: string,
  ending: string,
  assembler: Assembler,
): Promise<OpenSink> {
  const ours = `part-${context.runId}-`
  // New parts stay hidden until the run ends only where they take the place of old ones.
  const replace = context.config.ifExists === 'replace'
  // A cast: the ledger gives back what `commit` returned.
  let state = (context.resumed as FolderState | null) ?? { rows: 0, bytes: 0, parts: 0 }

  await onDisk(folder, () => mkdir(folder, { recursive: true }))
  if (!context.resumed) {
    const names = await readdir(folder)
    const old = visibleParts(names, ending).filter((name) => !name.startsWith(ours))
    if (context.config.ifExists === 'fail' && old.length) throw alreadyThere(join(folder, old[0] as string))
    for (const name of names) if (name.startsWith(`.${ours}`)) await rm(join(folder, name))
  }

  async function commit(receipts: readonly Receipt[]) {
    let { rows, bytes, parts } = state
    for (const receipt of receipts) {
      rows += receipt.rows
      bytes += receipt.bytes
      for (const [index, file] of receipt.files.entries()) {
        const name = partName(ours, receipt, index, ending)
        await renameOnce(file, join(folder, replace ? hiddenName(name) : name))
        parts++
      }
    }
    await syncFolder(folder)
    state = { rows, bytes, parts }
    return { state }
  }

  async function finish() {
    const names = await readdir(folder)
    if (replace) {
      for (const name of oldParts(names, ending)) if (!name.startsWith(ours)) await rm(join(folder, name))
      for (const name of names) {
        if (name.startsWith(`.${ours}`)) await rename(join(folder, name), join(folder, name.slice(1, -'.tmp'.length)))
      }
    }
    if (state.parts === 0 && (replace || visibleParts(names, ending).length === 0)) {
      state = { ...state, bytes: await writeEmpty(join(folder, `${ours}00000${ending}`)) }
    }
    await syncFolder(folder)
    return { path: folder, rows: state.rows, bytes: state.bytes }
  }

  async function writeEmpty(path: string): Promise<number> {
    const { pieces, side, state: empty } = await assembler.begin(null, context.schema)
    const handle = await open(path, 'w')
    try {
      const head = await writeAt(handle, 0, pieces)
      const length = await writeAt(handle, head, [await assembler.end(empty, side ?? new Uint8Array(0), head)])
      await handle.sync()
      return length
    } finally {
      await handle.close()
    }
  }

  return {
    stageFolder: folder,
    commit: (receipts) => onDisk(folder, () => commit(receipts)),
    finish: () => onDisk(folder, finish),
    async close() {},
  }
}

const hiddenName = (name: string): string => `.${name}.tmp`

/** Files of the output's format that a glob would match. */
export const visibleParts = (names: readonly string[], ending: string): string[] =>
  names.filter((name) => name.endsWith(ending) && !name.startsWith('.'))

/** Parts that `replace` may delete; a file of another name is somebody else's. */
export const oldParts = (names: readonly string[], ending: string): string[] =>
  visibleParts(names, ending).filter((name) => name.startsWith('part-'))

function partName(ours: string, receipt: Receipt, index: number, ending: string): string {
  // A cast: `splitReceipt` put it there.
  const { split } = receipt.data as { split: number }
  return `${ours}${String(split).padStart(5, '0')}${index ? `-${index}` : ''}${ending}`
}

/** Renames; when an earlier try of the same commit has done so already, that is fine. */
async function renameOnce(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!isMissing(error)) throw error
    await access(to).catch(() => {
      throw new Error(`the staged part ${basename(from)} is gone`, { cause: error })
    })
  }
}
