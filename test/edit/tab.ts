import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckAnswer, DraftChange, SaveChange } from '@headrace/runtime/api'
import { afterEach, beforeEach, expect } from 'vitest'
import { closeDocument, edit, openDocument, useDocument } from '../../editor/src/model/document.ts'
import { createSync, type Rest, type Sync } from '../../editor/src/model/syncing.ts'
import { formatPipeline, setTop } from '../../runtime/pipeline/index.ts'
import { versionOf } from '../../runtime/server/pipelines/file.ts'
import { type PipelineStore, pipelineStore } from '../../runtime/server/pipelines/store.ts'

// One tab is the page's own code; the other tab and other programs are played by calls of the real store.

export const id = 'p.json'
export const first = formatPipeline({
  headrace: 1,
  name: 'first',
  settings: {},
  nodes: { a: { type: 'sources/csv', config: {} } },
  edges: [],
})
export const named = (name: string) => first.replace('first', name)

/** Short waits, in the order of the page's own. */
export const pause = { check: 1, draft: 15, most: 40, again: 30 }

interface Tab {
  server: PipelineStore
  sync: Sync
  /** Called before each request; null: the server is away. */
  reach: ((path: string) => void) | null
  /** Stops following the document. */
  end: () => void
  readonly asked: string[]
  readonly said: string[]
}

/** The tab of the running test. */
export const tab = { asked: [], said: [] } as unknown as Tab // the rest is there before each test

export const api: Rest = {
  get: (path) => call('GET', path, () => tab.server.read(id)),
  post: (path) =>
    call('POST', path, async () => ({ problems: [], params: {}, nodes: {}, edges: [] }) satisfies CheckAnswer),
  put: (path, body) =>
    call('PUT', path, async () => {
      if (path.endsWith('/draft')) return tab.server.draft(id, body as DraftChange)
      return (await tab.server.save(id, body as SaveChange)).saved
    }),
  delete: (path) => call('DELETE', path, () => tab.server.discard(id)),
}

async function call<T>(method: string, path: string, work: () => Promise<unknown>): Promise<T> {
  if (!tab.reach) throw new TypeError('Failed to fetch')
  if (path !== 'check') tab.asked.push(`${method} ${path.replace(`pipelines/${id}`, '').replace(/\?.*/, '')}`)
  tab.reach(path)
  return (await work()) as T // the type that the caller asks for
}

export const now = () => useDocument.getState()
export const rename = (name: string) => edit('Rename', (pipeline) => setTop(pipeline, 'name', name))
export const settled = () => expect.poll(() => now().text === now().synced).toBe(true)
export const onDisk = (text: string) => writeFileSync(join(folder, id), text)
export const fileText = () => readFileSync(join(folder, id), 'utf8')
export const diskTold = (text: string) => tab.sync.fileChanged(id, { text, version: versionOf(text), client: null })
export const draft = async () => (await tab.server.read(id)).draft
export const reopen = async () => openDocument(await tab.server.read(id))

let folder: string

/** Opens a pipeline in a tab before each test. */
export function openTabs(): void {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headrace-sync-'))
    onDisk(first)
    tab.asked.length = tab.said.length = 0
    tab.server = pipelineStore(folder, null, join(folder, '.headrace'))
    tab.reach = () => {}
    tab.sync = createSync({
      api,
      client: 'here',
      former: () => 'before the reload',
      refused: (what, error) => tab.said.push(`${what}: ${(error as Error).message}`),
      gone: (gone) => tab.said.push(`gone ${gone}`),
      replaced: (replaced) => tab.said.push(`replaced ${replaced}`),
      pause,
    })
    tab.end = tab.sync.follow()
    await reopen()
  })
  afterEach(() => {
    tab.end()
    closeDocument()
    rmSync(folder, { recursive: true, force: true })
  })
}
