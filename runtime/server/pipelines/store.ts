import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isInside, realPath } from '../../catalogue/pathguard.ts'
import { formatPipeline } from '../../pipeline/format.ts'
import { testFileOf } from '../../pipeline/tests/index.ts'
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

/** Where pipelines are, and the folder among them, if any, whose files are only read. */
interface Shelf {
  readonly folder: string
  /** Where drafts and the trash are kept. */
  readonly own: string
  readonly examples: string | null
}

export function pipelineStore(folder: string, examples: string | null, own: string): PipelineStore {
  const turn = inTurn()
  const shelf = { folder, own, examples: examples && realPath(examples) }
  return {
    // A page that is loaded anew finds what it sent when it was left, though that is still on its way to the disk.
    read: (id) => turn(id, () => read(shelf, id)),
    save: (id, change) => turn(id, () => save(shelf, id, change)),
    create: (name, text) => turn('', () => create(shelf, name, text)),
    rename: (id, to) => turn(id, () => move(shelf, id, to)),
    duplicate: (id) => turn('', () => duplicate(shelf, id)),
    remove: (id) => turn(id, () => remove(shelf, id)),
    draft: (id, change) => turn(id, () => draft(shelf, id, change)),
    discard: (id) => turn(id, () => removeDraft(shelf.own, id)),
  }
}

const isExample =
  'This is an example that belongs to Headrace: it is not changed from here. Start from its card on the start page, which copies it with its data into a folder of yours.'

async function existing({ folder, examples }: Shelf, id: string): Promise<PipelineFile & { readonly file: string }> {
  const file = fileOfId(folder, id)
  const found = await readPipelineFile(file)
  if (!found) throw new HttpRefusal(404, `there is no pipeline ${id}`, 'It was deleted or renamed.')
  return { ...found, file, locked: examples !== null && isInside(examples, file) ? isExample : found.locked }
}

/** The file that may be made or written for an id. */
function newFile({ folder, examples }: Shelf, id: string): string {
  const file = fileOfId(folder, id)
  if (examples !== null && isInside(examples, file)) throw new HttpRefusal(409, isExample)
  return file
}

async function changeable(shelf: Shelf, id: string): Promise<PipelineFile & { readonly file: string }> {
  const found = await existing(shelf, id)
  if (found.locked) throw new HttpRefusal(409, found.locked)
  return found
}

async function read(shelf: Shelf, id: string): Promise<PipelineText> {
  const { file, text, version, locked } = await existing(shelf, id)
  return { id, file, text, version, draft: await readDraft(shelf.own, id), ...(locked && { locked }) }
}

async function save(shelf: Shelf, id: string, change: SaveChange) {
  const { file, version } = await changeable(shelf, id)
  if (version !== change.base) {
    const hint = 'Both versions are kept: choose one, or take over what you want of the other.'
    throw new HttpRefusal(409, 'the file was changed on disk meanwhile', hint, await read(shelf, id))
  }
  boundText(change.text)
  const changed = versionOf(change.text) !== version
  if (changed) await writeWhole(file, change.text)
  const standing = await readDraft(shelf.own, id)
  // Another tab may have gone on: its draft stays.
  if (standing && (standing.client === change.client || standing.text === change.text)) await removeDraft(shelf.own, id)
  return { saved: await read(shelf, id), changed }
}

function boundText(text: string): void {
  if (Buffer.byteLength(text) > mostBytes)
    throw new HttpRefusal(413, `the pipeline would be larger than ${mostBytes} bytes`)
}

async function create(shelf: Shelf, name: string, text: string | null): Promise<PipelineText> {
  const given = name.trim() || 'pipeline'
  boundText(text ?? '')
  const slug = slugOf(given)
  const free = freeName(slug, (one) => existsSync(join(shelf.folder, `${one}.json`)))
  const id = `${free}.json`
  // Outputs are called after the name: two pipelines of one name would write to one place.
  const empty = () =>
    formatPipeline({ headrace: 1, name: free === slug ? given : free, settings: {}, nodes: {}, edges: [] })
  await writeWhole(newFile(shelf, id), text ?? empty())
  return await read(shelf, id)
}

/** Moves a pipeline's file to another id, its draft with it. */
async function move(shelf: Shelf, id: string, to: string): Promise<PipelineText> {
  const { file } = await changeable(shelf, id)
  const target = newFile(shelf, to)
  if (existsSync(target)) throw new HttpRefusal(409, `${to} is there already`, 'Choose another name.')
  await mkdir(dirname(target), { recursive: true })
  await rename(file, target)
  await moveTests(file, target)
  const kept = await readDraft(shelf.own, id)
  if (kept) {
    await writeDraft(shelf.own, to, kept, kept)
    await removeDraft(shelf.own, id)
  }
  return await read(shelf, idOfFile(shelf.folder, target))
}

/** Its tests stay beside a pipeline, unless there are others already. */
async function moveTests(file: string, target: string): Promise<void> {
  const [from, to] = [testFileOf(file), testFileOf(target)]
  if (existsSync(from) && !existsSync(to)) await rename(from, to)
}

/** The text as it stands in the draft, where there is one, under the next free name in the same folder. */
async function duplicate(shelf: Shelf, id: string): Promise<PipelineText> {
  const { text } = await existing(shelf, id)
  const kept = await readDraft(shelf.own, id)
  const taken = (name: string) => existsSync(join(shelf.folder, `${name}.json`))
  const copy = `${freeName(id.slice(0, -'.json'.length), taken)}.json`
  await writeWhole(newFile(shelf, copy), kept?.text ?? text)
  return await read(shelf, copy)
}

/** Nothing is deleted: the file goes to the folder's trash, its draft beside it. */
async function remove(shelf: Shelf, id: string): Promise<void> {
  const { file } = await changeable(shelf, id)
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const trash = join(shelf.own, 'trash', `${stamp}-${basename(id, '.json')}`)
  await mkdir(trash, { recursive: true })
  const kept = await readDraft(shelf.own, id)
  if (kept) await writeWhole(join(trash, `draft-of-${basename(id)}`), kept.text)
  await rename(file, join(trash, basename(id)))
  await moveTests(file, join(trash, basename(id)))
  await removeDraft(shelf.own, id)
}

async function draft(shelf: Shelf, id: string, change: DraftChange): Promise<Draft> {
  const { text, version } = await existing(shelf, id)
  boundText(change.text)
  const standing = await readDraft(shelf.own, id)
  if (change.revision === (standing?.revision ?? 0)) return await writeDraft(shelf.own, id, change, standing)
  // A draft that was saved or discarded elsewhere: what stands is the file.
  const file: Draft = { text, base: version, revision: 0, client: '', at: Date.now() }
  const hint = 'Both versions are kept: choose one.'
  throw new HttpRefusal(409, 'another tab changed this pipeline meanwhile', hint, standing ?? file)
}
