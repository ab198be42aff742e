import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckAnswer, DraftChange, SaveChange } from '@headrace/runtime/api'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDocument, edit, isDraft, openDocument, redo, undo, useDocument } from '../../editor/src/model/document.ts'
import { store, stored } from '../../editor/src/model/history.ts'
import { withKept } from '../../editor/src/model/reconcile.ts'
import { createSync, type Rest, type Sync } from '../../editor/src/model/syncing.ts'
import { formatPipeline, moveNodes, setTop } from '../../runtime/pipeline/index.ts'
import { versionOf } from '../../runtime/server/pipelines/file.ts'
import { type PipelineStore, pipelineStore } from '../../runtime/server/pipelines/store.ts'

// One tab is the page's own code; the other tab and other programs are played by calls of the real store.

const id = 'p.json'
const first = formatPipeline({
  headrace: 1,
  name: 'first',
  settings: {},
  nodes: { a: { type: 'sources/csv', config: {} } },
  edges: [],
})
const named = (name: string) => first.replace('first', name)
const pause = { check: 1, draft: 15, most: 40, again: 30 }

let folder: string
let server: PipelineStore
let sync: Sync
let ends: () => void
/** Null: the server is away. */
let reach: ((path: string) => void) | null
const asked: string[] = []
const said: string[] = []

const api: Rest = {
  get: (path) => call('GET', path, () => server.read(id)),
  post: (path) => call('POST', path, async () => ({ problems: [], nodes: {}, edges: [] }) satisfies CheckAnswer),
  put: (path, body) =>
    call('PUT', path, async () => {
      if (path.endsWith('/draft')) return server.draft(id, body as DraftChange)
      return (await server.save(id, body as SaveChange)).saved
    }),
  delete: (path) => call('DELETE', path, () => server.discard(id)),
}

async function call<T>(method: string, path: string, work: () => Promise<unknown>): Promise<T> {
  if (!reach) throw new TypeError('Failed to fetch')
  if (path !== 'check') asked.push(`${method} ${path.replace(`pipelines/${id}`, '').replace(/\?.*/, '')}`)
  reach(path)
  return (await work()) as T // the type that the caller asks for
}

const now = () => useDocument.getState()
const rename = (name: string) => edit('Rename', (pipeline) => setTop(pipeline, 'name', name))
const settled = () => vi.waitFor(() => expect(now().text).toBe(now().synced))
const onDisk = (text: string) => writeFileSync(join(folder, id), text)
const diskTold = (text: string) => sync.fileChanged(id, { text, version: versionOf(text), client: null })
const draft = async () => (await server.read(id)).draft

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headrace-sync-'))
  server = pipelineStore(folder, null)
  onDisk(first)
  asked.length = said.length = 0
  reach = () => {}
  sync = createSync({
    api,
    client: 'here',
    refused: (what, error) => said.push(`${what}: ${(error as Error).message}`),
    gone: (gone) => said.push(`gone ${gone}`),
    replaced: (replaced) => said.push(`replaced ${replaced}`),
    pause,
  })
  ends = sync.follow()
  openDocument(await server.read(id))
})

afterEach(() => {
  ends()
  closeDocument()
  rmSync(folder, { recursive: true, force: true })
})

describe('a draft', () => {
  test('follows the edits soon, also while they never pause', async () => {
    const end = performance.now() + 300
    let most = 0
    for (let n = 0; performance.now() < end; n++) {
      rename(`n${n}`)
      await sleep(5)
      const kept = (await draft())?.text.match(/"n(\d+)"/)?.[1] ?? '-1'
      most = Math.max(most, n - Number(kept))
    }
    await settled()
    expect((await draft())?.text).toBe(now().text)
    expect(asked.length).toBeGreaterThan(3)
    expect(most).toBeLessThan(30)
    expect(readFileSync(join(folder, id), 'utf8')).toBe(first)
  })

  test('goes when everything is undone', async () => {
    rename('second')
    await settled()
    undo()
    await settled()
    expect([await draft(), now().revision, isDraft(now())]).toEqual([null, 0, false])
    redo()
    await settled()
    expect((await draft())?.text).toBe(named('second'))
  })

  test('is opened again, with what the file says beside it', async () => {
    rename('second')
    await settled()
    openDocument(await server.read(id))
    expect([now().text, now().saved, now().conflict]).toEqual([named('second'), first, null])
  })

  test('waits while the server is away and is sent when it is back', async () => {
    reach = null
    rename('second')
    await sleep(100)
    expect(said).toEqual([])
    reach = () => {}
    await settled()
    expect((await draft())?.text).toBe(named('second'))
  })

  test('is sent at once when the page goes, and when another pipeline is opened', async () => {
    rename('second')
    await sync.flush(true)
    expect((await draft())?.text).toBe(named('second'))
    await settled()
    rename('third')
    closeDocument()
    await vi.waitFor(async () => expect((await draft())?.text).toBe(named('third')))
  })

  test('that the server refuses is said', async () => {
    reach = (path) => {
      if (path === 'check') return
      throw Object.assign(new Error('too large'), { status: 413, body: null })
    }
    rename('second')
    await vi.waitFor(() => expect(said).toEqual(['The draft was not kept: too large']))
  })
})

describe('save', () => {
  test('writes the file and takes the draft away', async () => {
    rename('second')
    await settled()
    expect(await sync.save()).toBe(true)
    expect([readFileSync(join(folder, id), 'utf8'), await draft()]).toEqual([named('second'), null])
    expect([isDraft(now()), now().revision, now().undo.length]).toEqual([false, 0, 1])
  })

  test('keeps what is typed meanwhile as a draft', async () => {
    rename('second')
    const saving = sync.save()
    rename('third')
    expect(await saving).toBe(true)
    await settled()
    expect([now().saved, (await draft())?.text]).toEqual([named('second'), named('third')])
  })

  test('over a file that was changed is a conflict; either choice keeps the other in undo', async () => {
    for (const [choose, text, other] of [
      [() => sync.keepMine(), named('mine'), named('theirs')],
      [() => sync.takeTheirs(), named('theirs'), named('mine')],
    ] as const) {
      onDisk(first)
      await server.discard(id)
      openDocument(await server.read(id))
      rename('mine')
      onDisk(named('theirs'))
      expect(await sync.save()).toBe(false)
      expect(now().conflict).toMatchObject({ with: 'disk', text: named('theirs') })
      expect(readFileSync(join(folder, id), 'utf8')).toBe(named('theirs'))
      choose()
      await settled()
      expect([now().text, now().conflict, now().saved]).toEqual([text, null, named('theirs')])
      expect(now().undo.at(-1)?.text).toBe(other)
      expect((await draft())?.base).toBe(text === named('mine') ? versionOf(named('theirs')) : undefined)
      expect(await sync.save()).toBe(true)
      expect(readFileSync(join(folder, id), 'utf8')).toBe(text)
    }
  })

  test('of what the file says already is no conflict', async () => {
    rename('second')
    onDisk(named('second'))
    expect(await sync.save()).toBe(true)
    expect([now().conflict, isDraft(now())]).toEqual([null, false])
  })
})

describe('a file that changes on disk', () => {
  test('is shown at once where nothing was edited, and undo has the old text', async () => {
    onDisk(named('pulled'))
    diskTold(named('pulled'))
    expect([now().text, isDraft(now()), said]).toEqual([named('pulled'), false, [`replaced ${id}`]])
    undo()
    await settled()
    expect([now().text, (await draft())?.text]).toEqual([first, first])
  })

  test('beside edits is a conflict that loses neither', async () => {
    rename('mine')
    diskTold(named('pulled'))
    expect([now().text, now().conflict?.text]).toEqual([named('mine'), named('pulled')])
    diskTold(named('pulled twice'))
    expect(now().conflict?.text).toBe(named('pulled twice'))
    diskTold(named('mine'))
    expect([now().conflict, isDraft(now())]).toEqual([null, false])
  })

  test('while no page was open is a conflict with the draft when it is opened', async () => {
    rename('mine')
    await settled()
    onDisk(named('pulled'))
    openDocument(await server.read(id))
    expect([now().text, now().conflict?.text]).toEqual([named('mine'), named('pulled')])
    sync.keepMine()
    await settled()
    openDocument(await server.read(id))
    expect(now().conflict).toBe(null)
  })

  test('while the server was away is found when it is back', async () => {
    onDisk(named('pulled'))
    await sync.catchUp()
    expect(now().text).toBe(named('pulled'))
    sync.fileChanged(id, null)
    expect(said).toEqual([`replaced ${id}`, `gone ${id}`])
  })
})

describe('another tab', () => {
  const theirs = async (text: string) => {
    const { draft: standing, version } = await server.read(id)
    const revision = standing?.revision ?? 0
    return await server.draft(id, { text, base: version, revision, client: 'there' })
  }

  test('is followed where this one has nothing of its own, back and forth', async () => {
    sync.draftChanged(id, await theirs(named('theirs')), 'there')
    expect([now().text, isDraft(now())]).toEqual([named('theirs'), true])
    rename('mine')
    await settled()
    expect((await draft())?.client).toBe('here')
    sync.draftChanged(id, await theirs(named('again')), 'there')
    expect(now().text).toBe(named('again'))
    expect(now().undo.map(({ text }) => text)).toEqual([first, named('theirs'), named('mine')])
  })

  test('that changes at the same time is a conflict; either choice becomes the draft', async () => {
    for (const [choose, text] of [
      [() => sync.keepMine(), named('mine')],
      [() => sync.takeTheirs(), named('theirs')],
    ] as const) {
      await server.discard(id)
      openDocument(await server.read(id))
      rename('mine')
      await theirs(named('theirs'))
      await vi.waitFor(() => expect(now().conflict).toMatchObject({ with: 'tab', text: named('theirs') }))
      choose()
      await settled()
      expect([now().text, now().conflict, (await draft())?.text]).toEqual([text, null, text])
    }
  })

  test('that saves or discards takes the draft here along', async () => {
    sync.draftChanged(id, await theirs(named('theirs')), 'there')
    const { saved } = await server.save(id, { text: named('theirs'), base: now().version, client: 'there' })
    sync.fileChanged(id, { text: saved.text, version: saved.version, client: 'there' })
    sync.draftChanged(id, null, 'there')
    expect([now().text, isDraft(now()), now().conflict]).toEqual([named('theirs'), false, null])
    sync.draftChanged(id, await theirs(named('more')), 'there')
    await server.discard(id)
    sync.draftChanged(id, null, 'there')
    expect([now().text, now().undo.at(-1)?.text]).toEqual([named('theirs'), named('more')])
  })

  test('that discards a draft while this one goes on does not stop it', async () => {
    sync.draftChanged(id, await theirs(named('theirs')), 'there')
    rename('mine')
    await server.discard(id)
    await settled()
    expect((await draft())?.text).toBe(named('mine'))
    expect(now().conflict).toBe(null)
  })

  test('does not hear itself', async () => {
    rename('mine')
    sync.fileChanged(id, { text: named('mine'), version: 'x', client: 'here' })
    sync.draftChanged(id, null, 'here')
    sync.draftChanged('other.json', await theirs(named('theirs')), 'there')
    expect([now().text, now().version]).toEqual([named('mine'), versionOf(first)])
  })
})

test('discard goes back to the file, and undo brings the draft back', async () => {
  rename('second')
  await settled()
  await sync.discard()
  expect([now().text, await draft()]).toEqual([first, null])
  undo()
  await settled()
  expect((await draft())?.text).toBe(named('second'))
})

describe('steps of undo', () => {
  test('with the same key within two seconds are one, others are not', () => {
    for (const x of [1, 2, 3]) edit('Move a', (pipeline) => moveNodes(pipeline, { a: [x, 0] }), 'move')
    expect(now().undo).toHaveLength(1)
    edit('Move a', (pipeline) => moveNodes(pipeline, { a: [9, 9] }))
    expect(now().undo).toHaveLength(2)
    undo()
    undo()
    expect([now().text, now().redo.length]).toEqual([first, 2])
  })

  test('are bounded, the oldest go', () => {
    for (let n = 0; n < 400; n++) rename(`n${n}`)
    expect(now().undo).toHaveLength(300)
    expect(now().undo.at(-1)?.text).toBe(named('n398'))
  })

  test('survive a reload with edits that had not reached the server', async () => {
    const memory = new Map<string, string>()
    const storage = {
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
      removeItem: (key: string) => void memory.delete(key),
    }
    reach = null
    rename('second')
    const { text, synced, undo: steps, redo: after } = now()
    store(storage, { id, text, synced, undo: steps, redo: after })
    closeDocument()
    reach = () => {}
    openDocument(await server.read(id))
    useDocument.setState(withKept(now(), stored(storage, id)!))
    expect([now().text, now().undo.length]).toEqual([named('second'), 1])
    await settled()
    expect((await draft())?.text).toBe(named('second'))
    expect(stored(storage, 'other.json')).toBe(null)
    onDisk(named('pulled'))
    await server.discard(id)
    openDocument(await server.read(id))
    useDocument.setState(withKept(now(), stored(storage, id)!))
    expect([now().text, now().undo.at(-1)?.text]).toEqual([named('pulled'), named('second')])
  })
})

test('the newest check wins, and the answer before it stays until then', async () => {
  const answers: CheckAnswer[] = []
  const slow: Rest = {
    ...api,
    post: async <T>() => {
      const answer: CheckAnswer = { problems: [], nodes: {}, edges: [] }
      const wait = answers.push(answer) === 1 ? 60 : 1
      await sleep(wait)
      return answer as T // what the check answers
    },
  }
  const own = createSync({ api: slow, client: 'here', refused: () => {}, gone: () => {}, replaced: () => {}, pause })
  ends()
  ends = own.follow()
  rename('second')
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  rename('third')
  await vi.waitFor(() => expect(now().checked).toBe(answers[1]))
  await sleep(80)
  expect(now().checked).toBe(answers[1])
})
