import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Draft, PipelineText, PipelineView } from '../../runtime/server/api/index.ts'
import { next, Served, small } from './serve.ts'

const served = await Served.start({
  'a.json': small(),
  'sub/pipeline.json': small('../data/a.csv'),
  'broken.json': '{ "headrace": 1, "nodes": { ',
  'empty/pipeline.json': '',
  'package.json': { name: 'x', headrace: { nodes: [] } },
  'data/rows.json': [{ a: 1 }],
  'node_modules/x/pipeline.json': small(),
  'sub/out/pipeline.json': small(),
  'latin.json': Buffer.from('{ "headrace": 1, "name": "M\u00fcller" }', 'latin1'),
})
const path = (id: string) => `pipelines/${encodeURIComponent(id)}`
const read = (id: string) => served.get<PipelineText>(path(id))
const onDisk = (id: string) => readFileSync(join(served.folder, id))

test('pipelines are found wherever they lie, broken ones too; other JSON and output are none', async () => {
  const list = await served.get<PipelineView[]>('pipelines')
  const seen = Object.fromEntries(list.map(({ id, broken, name, nodes }) => [id, { broken, name, nodes }]))
  expect(seen).toEqual({
    'a.json': { broken: false, name: 'small', nodes: 2 },
    'sub/pipeline.json': { broken: false, name: 'small', nodes: 2 },
    'broken.json': { broken: true, name: 'broken', nodes: 0 },
    'empty/pipeline.json': { broken: true, name: 'empty', nodes: 0 },
    'latin.json': { broken: true, name: 'latin', nodes: 0 },
  })
})

describe('saving', () => {
  const ends = fc.constantFrom('\n', '\r\n', '')
  const layout = fc.record({
    bom: fc.boolean(),
    indent: fc.constantFrom('', ' ', '    ', '\t'),
    line: fc.constantFrom('\n', '\r\n'),
    end: ends,
    name: fc.string({ unit: 'grapheme', maxLength: 30 }),
    space: fc.constantFrom('', ' ', '   '),
  })

  test('what was opened and not edited changes no byte, however it is formatted', async () => {
    await fc.assert(
      fc.asyncProperty(layout, async ({ bom, indent, line, end, name, space }) => {
        const json = JSON.stringify({ ...small(), name }, null, indent || undefined).replaceAll('":', `"${space}:`)
        const text = `${bom ? '\ufeff' : ''}${json.replaceAll('\n', line)}${end}`
        const bytes = Buffer.from(text, 'utf8')
        served.write('format.json', bytes)
        const before = statSync(join(served.folder, 'format.json'))
        const opened = await read('format.json')
        const change = { text: opened.text, base: opened.version, client: 'one' }
        expect((await served.ask('PUT', path('format.json'), change)).status).toBe(200)
        expect(onDisk('format.json').equals(bytes)).toBe(true)
        // Not even written: whoever watches the file sees nothing.
        expect(statSync(join(served.folder, 'format.json')).mtimeMs).toBe(before.mtimeMs)
        const edited = { ...change, text: `${opened.text} ` }
        expect((await served.ask('PUT', path('format.json'), edited)).status).toBe(200)
        expect(onDisk('format.json').equals(Buffer.from(`${text} `, 'utf8'))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('the file keeps its mode, and is there as a whole at each moment', async () => {
    const file = served.write('mode.json', small())
    chmodSync(file, 0o640)
    const { text, version } = await read('mode.json')
    await served.ask('PUT', path('mode.json'), { text: `${text}\n`, base: version, client: 'one' })
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(readdirSync(served.folder).filter((name) => name.includes('.new'))).toEqual([])
  })

  test('a file that changed on disk is not written over: 409 with what stands there', async () => {
    served.write('both.json', small())
    const { text, version } = await read('both.json')
    served.write('both.json', `${text}\n\n`)
    const { status, value } = await served.ask<PipelineText & { error: string }>('PUT', path('both.json'), {
      text: 'mine',
      base: version,
      client: 'one',
    })
    expect([status, value.text, value.error]).toEqual([409, `${text}\n\n`, 'the file was changed on disk meanwhile'])
    const again = { text: 'mine', base: value.version, client: 'one' }
    expect((await served.ask('PUT', path('both.json'), again)).status).toBe(200)
    expect(onDisk('both.json').toString()).toBe('mine')
  })

  test('a file that is not UTF-8 is shown with the reason and never written', async () => {
    const before = onDisk('latin.json')
    const { text, version, locked } = await read('latin.json')
    expect(locked).toContain('not UTF-8')
    expect((await served.ask('PUT', path('latin.json'), { text, base: version, client: 'one' })).status).toBe(409)
    expect(onDisk('latin.json').equals(before)).toBe(true)
  })
})

describe('drafts', () => {
  const put = (text: string, revision: number, client: string, base = '') =>
    served.ask<Draft>('PUT', `${path('sub/pipeline.json')}/draft`, { text, base, revision, client })

  test('two tabs that go on from the same draft lose neither', async () => {
    const first = await put('one', 0, 'a')
    expect(first).toMatchObject({ status: 200, value: { text: 'one', client: 'a' } })
    const second = await put('two', first.value.revision, 'b')
    expect(second.value.revision).toBeGreaterThan(first.value.revision)
    const late = await put('three', first.value.revision, 'a')
    expect(late).toMatchObject({ status: 409, value: { text: 'two', client: 'b', revision: second.value.revision } })
    expect((await read('sub/pipeline.json')).draft?.text).toBe('two')
    expect(onDisk('sub/pipeline.json').toString()).not.toContain('two')
  })

  test('a draft outlives the server', async () => {
    const before = (await read('sub/pipeline.json')).draft
    const { port, token } = served
    await served.down()
    await served.up()
    expect([served.port, served.token]).toEqual([port, token])
    expect((await read('sub/pipeline.json')).draft).toEqual(before)
  })

  test('a tab that knows a draft that was discarded is told, and what stands is the file', async () => {
    const { draft, text, version } = await read('sub/pipeline.json')
    await served.ask('DELETE', `${path('sub/pipeline.json')}/draft?client=a`)
    const late = await put('four', draft?.revision ?? 0, 'b')
    expect(late).toMatchObject({ status: 409, value: { text, base: version, revision: 0 } })
    const fresh = await put('five', 0, 'b')
    expect(fresh.value.revision).toBeGreaterThan(draft?.revision ?? 0)
  })

  test('a save takes away the draft of the tab that saved, and leaves another’s', async () => {
    const { version, draft } = await read('sub/pipeline.json')
    const save = (text: string, base: string, client: string) =>
      served.ask<PipelineText>('PUT', path('sub/pipeline.json'), { text, base, client })
    const saved = await save('{"headrace":1}', version, 'other')
    expect(saved.value.draft).toEqual(draft)
    expect((await save('{"headrace":1} ', saved.value.version, 'b')).value.draft).toBeNull()
  })

  test('the other tabs hear of it', async () => {
    const socket = await served.socket()
    const heard = next(socket, 'draft', (id) => id === 'sub/pipeline.json')
    await put('six', 0, 'a')
    expect((await heard).given).toMatchObject(['sub/pipeline.json', { text: 'six' }, 'a'])
  })
})

describe('files', () => {
  test('a new pipeline is empty and gets a name that is free', async () => {
    const make = (name: string) => served.ask<PipelineText>('POST', 'pipelines', { name })
    expect((await make('Übersicht 2026!')).value).toMatchObject({ id: 'ubersicht-2026.json' })
    expect((await make('Übersicht 2026!')).value).toMatchObject({ id: 'ubersicht-2026-2.json' })
    expect(JSON.parse((await read('ubersicht-2026.json')).text)).toEqual({
      headrace: 1,
      name: 'Übersicht 2026!',
      nodes: {},
      edges: [],
    })
  })

  test('renaming takes the draft along, duplicating copies it, deleting keeps both in the trash', async () => {
    const { version, text } = await read('a.json')
    await served.ask('PUT', `${path('a.json')}/draft`, { text: `${text} `, base: version, revision: 0, client: 'a' })
    const moved = await served.ask<PipelineText>('POST', `${path('a.json')}/rename`, { to: 'deep/er/b.json' })
    expect(moved).toMatchObject({ status: 200, value: { id: 'deep/er/b.json', text, draft: { text: `${text} ` } } })
    expect(existsSync(join(served.folder, 'a.json'))).toBe(false)
    const copy = await served.ask<PipelineText>('POST', `${path('deep/er/b.json')}/duplicate`)
    expect(copy.value).toMatchObject({ id: 'deep/er/b-2.json', text: `${text} `, draft: null })
    expect((await served.ask('POST', `${path('deep/er/b.json')}/rename`, { to: 'deep/er/b-2.json' })).status).toBe(409)
    expect((await served.ask('DELETE', path('deep/er/b.json'))).status).toBe(204)
    const [kept = ''] = readdirSync(join(served.folder, '.headrace', 'trash'))
    const trash = join(served.folder, '.headrace', 'trash', kept)
    expect(readFileSync(join(trash, 'b.json'), 'utf8')).toBe(text)
    expect(readFileSync(join(trash, 'draft-of-b.json'), 'utf8')).toBe(`${text} `)
    expect((await served.ask('GET', path('deep/er/b.json'))).status).toBe(404)
  })

  test.each([
    '../outside.json',
    'sub/../../outside.json',
    '/etc/passwd',
    'sub//pipeline.json',
    './a.json',
    '..\\outside.json',
    'a.txt',
    'x\0.json',
    '.headrace/server.json',
    '.headrace/drafts/x.json',
    'node_modules/x/pipeline.json',
    'link/outside.json',
    'linked.json',
  ])('%j is no pipeline of the folder: it is neither read nor written', async (id) => {
    const outside = join(served.base, 'outside')
    if (!existsSync(outside)) {
      mkdirSync(outside)
      writeFileSync(join(outside, 'outside.json'), JSON.stringify(small()))
      writeFileSync(join(served.base, 'outside.json'), JSON.stringify(small()))
      symlinkSync(outside, join(served.folder, 'link'))
      symlinkSync(join(outside, 'outside.json'), join(served.folder, 'linked.json'))
    }
    const change = { text: '{}', base: '', client: 'a', revision: 0 }
    for (const [method, place] of [
      ['GET', path(id)],
      ['PUT', path(id)],
      ['DELETE', path(id)],
      ['PUT', `${path(id)}/draft`],
      ['POST', `${path(id)}/duplicate`],
    ] as const) {
      const { status } = await served.ask(method, place, method === 'PUT' ? change : undefined)
      expect([method, status]).toEqual([method, expect.toBeOneOf([400, 403])])
    }
    served.write('victim.json', small())
    expect((await served.ask('POST', `${path('victim.json')}/rename`, { to: id })).status).toBeOneOf([400, 403])
    expect(JSON.parse(readFileSync(join(outside, 'outside.json'), 'utf8'))).toEqual(small())
    expect(readdirSync(outside)).toEqual(['outside.json'])
  })

  test('a link to a pipeline within the folder is followed, and stays a link', async () => {
    served.write('real.json', small())
    symlinkSync('real.json', join(served.folder, 'alias.json'))
    const { version, text } = await read('alias.json')
    const change = { text: `${text} `, base: version, client: 'a' }
    expect((await served.ask('PUT', path('alias.json'), change)).status).toBe(200)
    expect(onDisk('real.json').toString()).toBe(`${text} `)
    expect(
      readdirSync(served.folder, { withFileTypes: true })
        .find(({ name }) => name === 'alias.json')
        ?.isSymbolicLink(),
    ).toBe(true)
  })
})

test('an example of Headrace is read and not changed, though its draft is kept', async () => {
  const examples = join(import.meta.dirname, '..', '..', 'examples')
  const state = join(examples, '.headrace')
  if (!existsSync(state)) onTestFinished(() => rmSync(state, { recursive: true, force: true }))
  const other = await Served.start({}, { folder: examples })
  onTestFinished(() => other.close())
  const id = encodeURIComponent('clean-csv/pipeline.json')
  const { text, version, locked } = await other.get<PipelineText>(`pipelines/${id}`)
  expect(locked).toContain('an example that belongs to Headrace')
  const refused = await other.ask<{ error: string }>('PUT', `pipelines/${id}`, {
    text: '{}',
    base: version,
    client: 'a',
  })
  expect([refused.status, refused.value.error]).toEqual([409, locked])
  expect((await other.ask('DELETE', `pipelines/${id}`)).status).toBe(409)
  expect((await other.ask('POST', `pipelines/${id}/rename`, { to: 'x.json' })).status).toBe(409)
  expect((await other.ask('POST', `pipelines/${id}/duplicate`)).status).toBe(409)
  expect((await other.ask('POST', 'pipelines', { name: 'x' })).status).toBe(409)
  expect(readFileSync(join(examples, 'clean-csv/pipeline.json'), 'utf8')).toBe(text)
})
