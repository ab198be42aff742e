import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HeadraceError, type Json, type OpenSink, type Receipt } from '@headrace/runtime/sdk'
import type { Assembler, Assembly, OutputContext } from '../output.ts'
import { isMissing, onDisk, syncFolder, writeAt } from './disk.ts'

/** What the ledger keeps of the growing file after each commit. */
type FileState = {
  /** Lengths of the hidden file and of the file beside it that holds `Assembly.side`. */
  readonly bytes: number
  readonly side: number
  readonly rows: number
  readonly assembler: Json
  /** Staged parts that are in the file; they are removed once the ledger has this state. */
  readonly staged: readonly string[]
  /** The hidden file's inode: after the final rename it tells our file from another of that name. */
  readonly inode: number
  /** The file as it was when its content was taken over. */
  readonly existing: Version | null
}

type Version = { readonly size: number; readonly modified: number }

/** One file in source order: parts are appended to a hidden file, which is renamed when the run ends. */
export async function openSingleFile(context: OutputContext, path: string, assembler: Assembler): Promise<OpenSink> {
  const folder = dirname(path)
  const hidden = join(folder, `.${basename(path)}.${context.runId}.tmp`)
  const beside = join(folder, `.${basename(path)}.${context.runId}.side.tmp`)
  await onDisk(path, () => mkdir(folder, { recursive: true }))
  // A cast: the ledger gives back what `commit` returned.
  const resumed = context.resumed as FileState | null
  const files = resumed ? await reopen(path, hidden, beside, resumed) : await create(hidden, beside)
  let state = resumed ?? (await begin().catch(abandon))
  if (resumed) await removeAll(resumed.staged)

  async function begin(): Promise<FileState> {
    const existing = context.config.ifExists === 'append' ? await versionOf(path) : null
    if (context.config.ifExists === 'fail' && (await versionOf(path))) throw alreadyThere(path)
    const empty: FileState = {
      bytes: 0,
      side: 0,
      rows: 0,
      assembler: null,
      staged: [],
      inode: (await stat(hidden)).ino,
      existing,
    }
    return add(empty, await assembler.begin(existing && path, context.schema), 0)
  }

  async function abandon(error: unknown): Promise<never> {
    await Promise.all((files ?? []).map((handle) => handle.close()))
    await removeAll([hidden, beside])
    throw error
  }

  async function add(before: FileState, assembly: Assembly, rows: number): Promise<FileState> {
    const [file, side] = files ?? lost(path)
    return {
      ...before,
      bytes: await writeAt(file, before.bytes, assembly.pieces),
      side: assembly.side ? await writeAt(side, before.side, [assembly.side]) : before.side,
      rows: before.rows + rows,
      assembler: assembly.state,
    }
  }

  async function commit(receipts: readonly Receipt[]) {
    const [file, side] = files ?? lost(path)
    await removeAll(state.staged)
    let next: FileState = { ...state, staged: receipts.flatMap((receipt) => receipt.files) }
    for (const receipt of receipts) {
      next = { ...next, rows: next.rows + receipt.rows }
      for (const part of receipt.files) {
        const whole = { file: part, start: 0, end: (await stat(part)).size }
        next = await add(next, await assembler.append(whole, next.assembler, next.bytes), 0)
      }
    }
    await file.datasync()
    if (next.side > state.side) await side.datasync()
    state = next
    return { state }
  }

  async function finish() {
    if (files) {
      const [file, side] = files
      const tail = await assembler.end(state.assembler, await readFile(beside), state.bytes)
      await file.truncate(await writeAt(file, state.bytes, [tail]))
      await file.sync()
      await Promise.all([file.close(), side.close()])
      await refuseChange(path, state.existing, context.config.ifExists)
      await rename(hidden, path)
      await syncFolder(folder)
    }
    await removeAll([...state.staged, beside])
    return { path, rows: state.rows, bytes: (await stat(path)).size }
  }

  return {
    stageFolder: folder,
    commit: (receipts) => onDisk(path, () => commit(receipts)),
    finish: () => onDisk(path, finish),
    async close() {
      // Closing twice is no error for a FileHandle.
      await Promise.all((files ?? []).map((handle) => handle.close()))
    },
  }
}

type Files = readonly [FileHandle, FileHandle]

async function create(hidden: string, beside: string): Promise<Files> {
  return onDisk(hidden, async () => [await open(hidden, 'w+'), await open(beside, 'w+')])
}

/** Cuts off what came after the last commit on record; null where the run had already put its file in place. */
async function reopen(path: string, hidden: string, beside: string, state: FileState): Promise<Files | null> {
  const found = await stat(hidden).catch(() => null)
  if (!found && (await stat(path).catch(() => null))?.ino === state.inode) return null
  if (!found || found.size < state.bytes) return lost(path)
  const files: Files = [await open(hidden, 'r+'), await open(beside, 'r+')]
  await files[0].truncate(state.bytes)
  await files[1].truncate(state.side)
  return files
}

function lost(path: string): never {
  throw new HeadraceError('output-lost', `What the interrupted run had written for ${path} is gone.`, {
    place: { file: path },
    hint: 'Start the run anew.',
  })
}

async function versionOf(path: string): Promise<Version | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, modified: mtimeMs }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function refuseChange(path: string, existing: Version | null, ifExists: string | undefined): Promise<void> {
  if (ifExists === 'replace') return
  const now = await versionOf(path)
  if (now?.size === existing?.size && now?.modified === existing?.modified) return
  throw new HeadraceError(
    'output-changed',
    `${path} was ${existing ? 'changed' : 'made'} by someone else during the run.`,
    {
      place: { file: path },
      hint: 'Move that file away and resume the run.',
    },
  )
}

/** The refusal of an output that exists, at check and when it is opened. */
export function alreadyThere(path: string): HeadraceError {
  return new HeadraceError('output-exists', `${path} already exists.`, {
    place: { file: path },
    hint: 'Set ifExists to "replace" or "append", or choose another path.',
  })
}

async function removeAll(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true })
}
