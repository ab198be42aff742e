import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HeadraceError } from '../pipeline/problem.ts'
import { type NodeDefinition, sink, source, Type, types } from '../sdk/index.ts'
import { probeCache } from './cache.ts'
import { checkFile } from './check.ts'
import type { Catalogue } from './load.ts'

let folder: string
let probed: unknown[]
let running: number
let most: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'))
  probed = []
  running = 0
  most = 0
})
afterEach(() => rmSync(folder, { recursive: true }))

const table = source({
  title: 'Table',
  description: 'D',
  examples: [],
  config: Type.Object({
    path: Type.String({ format: 'path' }),
    rows: Type.Integer({ default: 10 }),
    key: Type.Optional(Type.String({ format: 'secret' })),
  }),
  probe: async ({ config, node, resolve, report, folder: own }) => {
    most = Math.max(most, ++running)
    await new Promise((done) => setTimeout(done, 5))
    running--
    probed.push({ ...config, node, absolute: resolve(config.path), own })
    if (config.path === 'throws')
      throw new HeadraceError('no-file', `no file for ${config.key}`, { place: { file: 'x.csv', line: 3 } })
    if (config.path === 'breaks') throw new TypeError('undefined is not a function')
    if (config.path === 'warns')
      report({ code: 'ambiguous', severity: 'warning', message: 'day or month?', setting: 'path' })
    return { columns: [{ name: 'id', type: types.int64 }], files: [] }
  },
  splits: async () => [],
  read: async function* () {},
})

const none = sink({
  title: 'None',
  description: 'D',
  examples: [],
  config: Type.Object({}),
  open: () => Promise.reject(new Error('not here')),
  write: () => Promise.reject(new Error('not here')),
})

const nodes: Record<string, unknown> = { 'sources/table': table, 'sinks/none': none }
const catalogue: Catalogue = {
  types: [...Object.keys(nodes), 'sinks/broken'],
  load: async (type) => {
    if (type === 'sinks/broken') throw new HeadraceError('node-not-loaded', 'the node sinks/broken could not be loaded')
    return (nodes[type] as NodeDefinition | undefined) ?? null
  },
  loadAll: async () => nodes as Record<string, NodeDefinition>,
  files: new Map(),
}

/** Writes a pipeline of sources with these settings, each into one sink, and checks it. */
async function check(
  configs: Record<string, object>,
  options: Parameters<typeof checkFile>[1] = {},
  sinkType = 'sinks/none',
) {
  const file = join(folder, 'p.json')
  const lines = Object.entries(configs).map(
    ([id, config]) => `"${id}": ${JSON.stringify({ type: 'sources/table', config })},`,
  )
  const edges = Object.keys(configs).map((id) => `{"from": "${id}", "to": "store"}`)
  writeFileSync(
    file,
    `{"headrace": 1, "nodes": {\n${lines.join('\n')}\n"store": {"type": "${sinkType}"}},\n"edges": [${edges}]}`,
  )
  const checked = await checkFile(file, { catalogue, ...options })
  const said = checked.problems.map(({ code, place: { node, setting, line } }) =>
    [node, setting, code, line].filter(Boolean).join(' '),
  )
  return { ...checked, said, file }
}

test('a file that is missing, a folder, no UTF-8 or no JSON is one clear problem', async () => {
  const codes = async (path: string) =>
    (await checkFile(path, { catalogue })).problems.map(({ code, place }) => [code, place.file])
  const file = join(folder, 'p.json')
  expect(await codes(file)).toEqual([['missing-file', file]])
  expect(await codes(folder)).toEqual([['missing-file', folder]])
  writeFileSync(file, Buffer.of(0x7b, 0xff, 0x7d))
  expect(await codes(file)).toEqual([['not-utf8', file]])
  writeFileSync(file, '{')
  expect(await codes(file)).toEqual([['invalid-json', file]])
})

test('probes get defaults and absolute paths, and what they report stands under its setting', async () => {
  const { said, nodes: checked, text, pipeline } = await check({ a: { path: 'warns' } })
  expect(said).toEqual(['a path ambiguous 2'])
  expect(probed).toEqual([{ path: 'warns', rows: 10, node: 'a', absolute: join(folder, 'warns'), own: folder }])
  expect(String(checked['store']?.input)).toBe('id: int64')
  expect(text).toContain('"warns"')
  expect(pipeline?.nodes['a']?.config).toEqual({ path: 'warns' })
})

test('what a probe throws is a problem with its own place, or a fault of the node', async () => {
  const { problems } = await check({ a: { path: 'throws' }, b: { path: 'breaks' } })
  expect(problems.map(({ code, place }) => [code, place.node, place.file?.endsWith('x.csv'), place.line])).toEqual([
    ['no-file', 'a', true, 3],
    ['node-fault', 'b', false, 3],
  ])
})

test('nodes with wrong settings and disabled ones are not probed; the others are, some at once', async () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`n${i}`, { path: `${i}.csv` }]))
  const { said } = await check({ ...many, wrong: { path: 7 } })
  expect(said).toEqual(['wrong path wrong-type 22'])
  expect(probed).toHaveLength(20)
  expect(most).toBe(8)
})

test('--set changes the run, not the file, and its problems name no line of the file', async () => {
  const { said, problems, pipeline, text } = await check({ a: { path: 'a.csv' } }, { set: ['a.rows=x', 'b.path=y'] })
  expect(said).toEqual(['unknown-node', 'a rows wrong-type'])
  expect(problems[1]?.hint).toMatch(/It comes from --set\.$/)
  expect(pipeline?.nodes['a']?.config).toEqual({ path: 'a.csv', rows: 'x' })
  expect(text).not.toContain('"x"')
})

test('a secret comes from the environment or .env, reaches the probe and is in nothing that is printed', async () => {
  writeFileSync(join(folder, '.env'), 'CHECK_TEST_KEY="hunter2"\n')
  const key = { secret: 'CHECK_TEST_KEY' }
  const checked = await check({ a: { path: 'a.csv', key }, b: { path: 'throws', key } })
  expect(probed).toMatchObject([{ key: 'hunter2' }, { key: 'hunter2' }])
  expect(checked.problems.map(({ message }) => message)).toEqual(['no file for ***'])
  expect(JSON.stringify(checked)).not.toContain('hunter2')
  const missing = await check({ a: { path: 'a.csv', key: { secret: 'CHECK_TEST_NONE' } } })
  expect(missing.said).toEqual(['a key missing-secret 2'])
  expect(missing.problems[0]?.message).toContain('CHECK_TEST_NONE')
})

test('a node that cannot be loaded is a problem at its type', async () => {
  const { said } = await check({ a: { path: 'a.csv' } }, {}, 'sinks/broken')
  expect(said).toEqual(['store node-not-loaded 3'])
})

test('with a cache a probe looks again only when its file has changed', async () => {
  const cache = probeCache()
  writeFileSync(join(folder, 'a.csv'), '1')
  for (let i = 0; i < 3; i++) await check({ a: { path: 'a.csv' }, b: { path: '*.csv' } }, { cache })
  const looked = () => probed.filter((one) => (one as { node: string }).node === 'a').length
  expect([looked(), probed.length]).toEqual([1, 4])
  writeFileSync(join(folder, 'a.csv'), '12')
  await check({ a: { path: 'a.csv' } }, { cache })
  expect(looked()).toBe(2)
})
