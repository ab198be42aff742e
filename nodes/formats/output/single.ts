import { basename, dirname, join } from 'node:path'
import {
  type Disk,
  type DiskFile,
  HeadraceError,
  type Json,
  makeLastingFolder,
  type OpenSink,
  type Receipt,
} from '@headrace/runtime/sdk'
import type { Assembler, Assembly, OutputContext } from '../output.ts'
import { onDisk, writeAt } from './disk.ts'

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
  const { disk } = context
  const { ifExists } = context.config
  const folder = dirname(path)
  const hidden = join(folder, `.${basename(path)}.${context.runId}.tmp`)
  const beside = join(folder, `.${basename(path)}.${context.runId}.side.tmp`)
  // A cast: the ledger gives back what `commit` returned.
  const resumed = context.resumed as FileState | null
  const files = await onDisk(path, async () => {
    await makeLastingFolder(disk.at('file.open'), folder)
    return resumed ? await reopen(disk, path, hidden, beside, resumed) : await create(disk, hidden, beside)
  })
  let state = resumed ?? (await onDisk(path, begin).catch(abandon))
  if (resumed) await onDisk(path, () => removeAll('file.clear', resumed.staged))
  let step: 'writing' | 'whole' | 'renamed' | 'placed' = files ? 'writing' : 'renamed'

  /** What it writes is on disk before the first commit, so that a commit that failed can be done again whole. */
  async function begin(): Promise<FileState> {
    const [file, side] = files ?? lost(path)
    const existing = ifExists === 'append' ? await versionOf(disk, path) : null
    if (ifExists === 'fail' && (await versionOf(disk, path))) throw alreadyThere(path)
    const { inode } = await file.stat()
    const empty: FileState = { bytes: 0, side: 0, rows: 0, assembler: null, staged: [], inode, existing }
    const begun = await add('file.open', empty, await assembler.begin(existing && path, context.schema), 0)
    await file.at('file.open').sync()
    await side.at('file.open').sync()
    return begun
  }

  async function abandon(error: unknown): Promise<never> {
    await close()
    await removeAll('file.abandon', [hidden, beside])
    throw error
  }

  async function add(at: 'file.open' | 'file.commit', before: FileState, assembly: Assembly, rows: number) {
    const [file, side] = files ?? lost(path)
    return {
      ...before,
      bytes: await writeAt(disk, file.at(at), before.bytes, assembly.pieces),
      side: assembly.side ? await writeAt(disk, side.at(at), before.side, [assembly.side]) : before.side,
      rows: before.rows + rows,
      assembler: assembly.state,
    }
  }

  async function commit(receipts: readonly Receipt[]) {
    const [file, side] = files ?? lost(path)
    await removeAll('file.clear', state.staged)
    let next: FileState = { ...state, staged: receipts.flatMap((receipt) => receipt.files) }
    for (const receipt of receipts) {
      next = { ...next, rows: next.rows + receipt.rows }
      for (const part of receipt.files) {
        const whole = { file: part, start: 0, end: (await disk.stat(part))?.size ?? 0 }
        next = await add('file.commit', next, await assembler.append(whole, next.assembler, next.bytes), 0)
      }
    }
    if (next.bytes > state.bytes) await file.at('file.commit').sync()
    if (next.side > state.side) await side.at('file.commit').sync()
    state = next
    return { state }
  }

  /** Where it fails it may be called again: it goes on with the step that failed. */
  async function finish() {
    const here = disk.at('file.finish')
    if (files && step === 'writing') {
      const file = files[0].at('file.finish')
      const side = (await disk.read(beside)).subarray(0, state.side)
      const tail = await assembler.end(state.assembler, side, state.bytes)
      await file.truncate(await writeAt(disk, file, state.bytes, [tail]))
      await file.sync()
      step = 'whole'
    }
    if (step === 'whole') {
      await refuseChange(disk, path, state.existing, ifExists)
      await here.rename(hidden, path)
      step = 'renamed'
    }
    if (step === 'renamed') {
      await close()
      await here.syncFolder(folder)
      step = 'placed'
    }
    await removeAll('file.finish', [...state.staged, beside])
    return { path, rows: state.rows, bytes: (await disk.stat(path))?.size ?? 0 }
  }

  async function removeAll(at: 'file.clear' | 'file.finish' | 'file.abandon', paths: readonly string[]): Promise<void> {
    for (const one of paths) await disk.at(at).remove(one)
  }

  async function close(): Promise<void> {
    await Promise.all((files ?? []).map((file) => file.close()))
  }

  return {
    stageFolder: folder,
    commit: (receipts) => onDisk(path, () => commit(receipts)),
    finish: () => onDisk(path, finish),
    close,
  }
}

type Files = readonly [DiskFile, DiskFile]

async function create(disk: Disk, hidden: string, beside: string): Promise<Files> {
  const here = disk.at('file.open')
  return await both(
    hidden,
    beside,
    (path) => here.open(path, 'new'),
    () => here.syncFolder(dirname(hidden)),
  )
}

/** Cuts off what came after the last commit on record; null where the run had already put its file in place. */
async function reopen(
  disk: Disk,
  path: string,
  hidden: string,
  beside: string,
  state: FileState,
): Promise<Files | null> {
  const here = disk.at('file.open')
  const [found, side] = [await here.stat(hidden), await here.stat(beside)]
  if (!found && (await here.stat(path))?.inode === state.inode) return null
  if (!found || found.size < state.bytes || !side || side.size < state.side) return lost(path)
  const cut = async ([file, side]: Files) => {
    await file.truncate(state.bytes)
    await side.truncate(state.side)
  }
  return await both(hidden, beside, (path) => here.open(path, 'edit'), cut)
}

/** Both files, or neither is open. */
async function both(
  hidden: string,
  beside: string,
  open: (path: string) => Promise<DiskFile>,
  begin: (files: Files) => Promise<void>,
): Promise<Files> {
  const opened: DiskFile[] = []
  try {
    for (const path of [hidden, beside]) opened.push(await open(path))
    const files = opened as unknown as Files // two were opened
    await begin(files)
    return files
  } catch (error) {
    await Promise.all(opened.map((file) => file.close()))
    throw error
  }
}

function lost(path: string): never {
  throw new HeadraceError('output-lost', `What the interrupted run had written for ${path} is gone.`, {
    place: { file: path },
    hint: 'Start the run anew.',
  })
}

async function versionOf(disk: Disk, path: string): Promise<Version | null> {
  const found = await disk.stat(path)
  return found && { size: found.size, modified: found.modified }
}

async function refuseChange(
  disk: Disk,
  path: string,
  existing: Version | null,
  ifExists: string | undefined,
): Promise<void> {
  if (ifExists === 'replace') return
  const now = await versionOf(disk, path)
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
