import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { formatPipeline } from '../../pipeline/format.ts'
import type { Draft, DraftChange, PipelineText, SaveChange } from '../api/pipelines.ts'
import { HttpRefusal } from '../refuse.ts'
import { inTurn, writeWhole } from './atomic.ts'
import { readDraft, removeDraft, writeDraft } from './drafts.ts'
import { mostBytes, type PipelineFile, readPipelineFile, versionOf } from './file.ts'
import { fileOfId, freeName, idOfFile, slugOf } from './ids.ts'

/** Reads and writes the folder's pipelines and their drafts; what is asked of one pipeline is done in turn. */
export interface PipelineStore {
  readonly read: (id: string) => Promise<PipelineText>
  /** `changed` is false where the file held just this. */
  readonly save: (id: string, change: SaveChange) => Promise<{ saved: PipelineText; changed: boolean }>
  readonly create: (name: string, text: string | null) => Promise<PipelineText>
  readonly rename: (id: string, to: string) => Promise<PipelineText>
  /** A copy of the file beside it. */
  readonly duplicate: (id: string) => Promise<PipelineText>
  readonly remove: (id: string) => Promise<void>
  readonly draft: (id: string, change: DraftChange) => Promise<Draft>
  readonly discard: (id: string) => Promise<boolean>
}

export function pipelineStore(folder: string): PipelineStore {
  const turn = inTurn()
  return {
    read: (id) => read(folder, id),
    save: (id, change) => turn(id, () => save(folder, id, change)),
    create: (name, text) => turn('', () => create(folder, name, text)),
    rename: (id, to) => turn(id, () => move(folder, id, to)),
    duplicate: (id) => turn('', () => duplicate(folder, id)),
    remove: (id) => turn(id, () => remove(folder, id)),
    draft: (id, change) => turn(id, () => draft(folder, id, change)),
    discard: (id) => turn(id, () => removeDraft(folder, id)),
  }
}

async function existing(folder: string, id: string): Promise<PipelineFile & { readonly file: string }> {
  const file = fileOfId(folder, id)
  const found = await readPipelineFile(file)
  if (!found) throw new HttpRefusal(404, `there is no pipeline ${id}`, 'It was deleted or renamed.')
  return { ...found, file }
}

async function read(folder: string, id: string): Promise<PipelineText> {
  const { file, text, version, locked } = await existing(folder, id)
  return { id, file, text, version, draft: await readDraft(folder, id), ...(locked && { locked }) }
}

async function save(folder: string, id: string, change: SaveChange) {
  const { file, version, locked } = await existing(folder, id)
  if (locked) throw new HttpRefusal(409, locked, undefined, await read(folder, id))
  if (version !== change.base) {
    const hint = 'Both versions are kept: choose one, or take over what you want of the other.'
    throw new HttpRefusal(409, 'the file was changed on disk meanwhile', hint, await read(folder, id))
  }
  boundText(change.text)
  const changed = versionOf(change.text) !== version
  if (changed) await writeWhole(file, change.text)
  const standing = await readDraft(folder, id)
  // Another tab may have gone on: its draft stays.
  if (standing && (standing.client === change.client || standing.text === change.text)) await removeDraft(folder, id)
  return { saved: await read(folder, id), changed }
}

function boundText(text: string): void {
  if (Buffer.byteLength(text) > mostBytes)
    throw new HttpRefusal(413, `the pipeline would be larger than ${mostBytes} bytes`)
}

async function create(folder: string, name: string, text: string | null): Promise<PipelineText> {
  const given = name.trim() || 'pipeline'
  boundText(text ?? '')
  const id = `${freeName(slugOf(given), (slug) => existsSync(join(folder, `${slug}.json`)))}.json`
  const empty = () => formatPipeline({ headrace: 1, name: given, settings: {}, nodes: {}, edges: [] })
  await writeWhole(fileOfId(folder, id), text ?? empty())
  return await read(folder, id)
}

/** Moves a pipeline's file to another id, its draft with it. */
async function move(folder: string, id: string, to: string): Promise<PipelineText> {
  const { file } = await existing(folder, id)
  const target = fileOfId(folder, to)
  if (existsSync(target)) throw new HttpRefusal(409, `${to} is there already`, 'Choose another name.')
  await mkdir(dirname(target), { recursive: true })
  await rename(file, target)
  const kept = await readDraft(folder, id)
  if (kept) {
    await writeDraft(folder, to, kept, kept)
    await removeDraft(folder, id)
  }
  return await read(folder, idOfFile(folder, target))
}

/** The text as it stands in the draft, where there is one, under the next free name in the same folder. */
async function duplicate(folder: string, id: string): Promise<PipelineText> {
  const { text, locked } = await existing(folder, id)
  if (locked) throw new HttpRefusal(409, locked)
  const kept = await readDraft(folder, id)
  const taken = (name: string) => existsSync(join(folder, `${name}.json`))
  const copy = `${freeName(id.slice(0, -'.json'.length), taken)}.json`
  await writeWhole(fileOfId(folder, copy), kept?.text ?? text)
  return await read(folder, copy)
}

/** Nothing is deleted: the file goes to the folder's trash, its draft beside it. */
async function remove(folder: string, id: string): Promise<void> {
  const { file } = await existing(folder, id)
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const trash = join(folder, '.headrace', 'trash', `${stamp}-${basename(id, '.json')}`)
  await mkdir(trash, { recursive: true })
  const kept = await readDraft(folder, id)
  if (kept) await writeWhole(join(trash, `draft-of-${basename(id)}`), kept.text)
  await rename(file, join(trash, basename(id)))
  await removeDraft(folder, id)
}

async function draft(folder: string, id: string, change: DraftChange): Promise<Draft> {
  const { text, version } = await existing(folder, id)
  boundText(change.text)
  const standing = await readDraft(folder, id)
  if (change.revision === (standing?.revision ?? 0)) return await writeDraft(folder, id, change, standing)
  // A draft that was saved or discarded elsewhere: what stands is the file.
  const file: Draft = { text, base: version, revision: 0, client: '', at: Date.now() }
  const hint = 'Both versions are kept: choose one.'
  throw new HttpRefusal(409, 'another tab changed this pipeline meanwhile', hint, standing ?? file)
}
