import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CheckAnswer } from '../../runtime/server/api/index.ts'
import { Served } from './serve.ts'

const models = join(import.meta.dirname, '..', '..', 'examples', 'models')
const served = await Served.start(
  { 'a.json': {}, 'data/a.csv': 'id;price;text\n1;1,5;one\n2;2,5;two\n' },
  { roots: [models] },
)

const check = async (pipeline: unknown) => {
  const text = typeof pipeline === 'string' ? pipeline : JSON.stringify(pipeline)
  const { status, value } = await served.ask<CheckAnswer>('POST', 'check', { pipeline: 'a.json', text })
  expect(status).toBe(200)
  return value
}

const source = { type: 'sources/csv', config: { path: 'data/a.csv' } }
const filter = { type: 'transforms/filter', config: { where: 'price > 1.0' } }
const derive = { type: 'transforms/derive', config: { columns: { twice: 'price * 2.0' } } }
const sink = { type: 'sinks/csv', config: { path: 'out/a.csv' } }
const edges = (...lines: string[]) =>
  lines.map((line) => {
    const [from = '', to = ''] = line.split(' → ')
    return { from, to }
  })

test('columns stand on every edge and what a node found on its card, before any run', async () => {
  const {
    problems,
    nodes,
    edges: seen,
  } = await check({
    headrace: 1,
    nodes: { rows: source, cheap: filter, store: sink, bad: { type: 'sinks/none' } },
    edges: edges('rows → cheap', 'cheap → store', 'cheap.rejects → bad'),
  })
  expect(problems).toEqual([])
  const columns = [
    { name: 'id', type: 'int64' },
    { name: 'price', type: 'float64' },
    { name: 'text', type: 'string' },
  ]
  expect(nodes['rows']).toMatchObject({ state: 'on', input: null, output: columns, ports: [''], summary: 'a.csv' })
  expect(nodes['rows']?.detected).toMatchObject({
    delimiter: expect.stringContaining(';'),
    decimal: expect.stringContaining(','),
  })
  expect(nodes['store']).toMatchObject({ input: columns, output: null, ports: [] })
  expect(seen.map(({ live }) => live)).toEqual([['rows → cheap'], ['cheap → store'], ['cheap.rejects → bad']])
  expect(seen[2]?.columns?.map(({ name }) => name)).toContain('_message')
})

test('an edge beside a disabled node stands for the edges of a run that lead over it', async () => {
  const { nodes, edges: seen } = await check({
    headrace: 1,
    nodes: {
      rows: source,
      one: { ...filter, disabled: true },
      two: { ...filter, disabled: true },
      left: sink,
      right: { ...sink, config: { path: 'out/b.csv' } },
      cut: { ...derive, disabled: true },
      after: { ...sink, config: { path: 'out/c.csv' } },
    },
    edges: edges('rows → one', 'one → two', 'two → left', 'two → right', 'rows → cut', 'cut → after'),
  })
  expect(Object.entries(nodes).map(([id, { state }]) => `${id} ${state}`)).toEqual([
    'rows on',
    'one passed',
    'two passed',
    'left on',
    'right on',
    'cut off',
    'after off',
  ])
  const both = ['rows → left', 'rows → right']
  expect(seen.map(({ live }) => live)).toEqual([both, both, ['rows → left'], ['rows → right'], [], []])
  expect(seen.slice(0, 4).every(({ columns }) => columns?.length === 3)).toBe(true)
})

test('a model says its dimension and pooling', async () => {
  const vectors = { type: 'models/embed', config: { model: join(models, 'all-minilm-l6-v2'), column: 'text' } }
  const { problems, nodes } = await check({
    headrace: 1,
    nodes: { rows: source, vectors, store: { type: 'sinks/lancedb', config: { path: 'out/x.lance', table: 't' } } },
    edges: edges('rows → vectors', 'vectors → store'),
  })
  expect(problems).toEqual([])
  expect(nodes['vectors']?.detected).toMatchObject({ dimension: '384', pooling: 'mean' })
})

test('a model says the same before its column is chosen, and not with settings that are wrong', async () => {
  const model = join(models, 'all-minilm-l6-v2')
  const asked = async (config: object) => {
    const vectors = { type: 'models/embed', config }
    const { problems, nodes } = await check({
      headrace: 1,
      nodes: { rows: source, vectors, store: { type: 'sinks/lancedb', config: { path: 'out/x.lance', table: 't' } } },
      edges: edges('rows → vectors', 'vectors → store'),
    })
    return { codes: problems.map(({ code }) => code), detected: nodes['vectors']?.detected }
  }
  const waiting = await asked({ model })
  expect(waiting.codes).toEqual(['missing-setting'])
  expect(waiting.detected).toMatchObject({ dimension: '384', pooling: 'mean' })
  const missing = await asked({ model: 'nowhere' })
  expect(missing.codes.sort()).toEqual(['missing-model', 'missing-setting'])
  expect((await asked({ model, batch: 'many' })).detected).toEqual({})
})

test('a text that is no pipeline, and node types that are not there, are problems and never a failure', async () => {
  for (const text of ['', '{', '[]', '{"headrace": 9}', 'null']) {
    const { problems, nodes, edges: seen } = await check(text)
    expect([problems.length > 0, nodes, seen]).toEqual([true, {}, []])
  }
  const { problems, nodes } = await check({ headrace: 1, nodes: { x: { type: 'sources/nothing', config: { a: 1 } } } })
  expect(problems.map(({ code }) => code)).toContain('unknown-type')
  expect(nodes['x']).toMatchObject({ state: 'unknown', summary: '', ports: [] })
})

test('what lies outside is one problem that names the flag, and is not looked at', async () => {
  mkdirSync(join(served.base, 'outside'))
  writeFileSync(join(served.base, 'outside', 'secret.csv'), 'password\nx\n')
  symlinkSync(join(served.base, 'outside'), join(served.folder, 'link'))
  for (const path of ['../outside/secret.csv', 'link/secret.csv', 'link/*.csv', '/etc/passwd']) {
    const answer = await check({
      headrace: 1,
      nodes: { rows: { type: 'sources/csv', config: { path } }, store: sink },
      edges: edges('rows → store'),
    })
    expect(answer.problems).toMatchObject([{ code: 'outside', hint: expect.stringContaining('--data ') }])
    expect(JSON.stringify(answer)).not.toContain('password')
  }
})

test('no secret is in an answer', async () => {
  served.write('.env', 'DATA=data/a.csv\n')
  const answer = await check({
    headrace: 1,
    nodes: { rows: { type: 'sources/csv', config: { path: { secret: 'DATA' } } }, store: sink },
    edges: edges('rows → store'),
  })
  expect(answer.problems).toEqual([])
  expect(JSON.stringify(answer.nodes['rows']?.summary)).not.toContain('a.csv')
})

test('of 300 nodes the one that was changed is seen to be wrong, and to be right again', async () => {
  const chain = Array.from({ length: 298 }, (_, i) => `n${i}`)
  const ids = ['rows', ...chain, 'store']
  const nodes = Object.fromEntries(ids.map((id, i) => [id, i === 0 ? source : id === 'store' ? sink : filter]))
  const lines = ids.slice(1).map((id, i) => `${ids[i]} → ${id}`)
  const wrong = { ...filter, config: { where: 'prise > 1.0' } }
  for (const one of [filter, wrong, filter]) {
    const settings = { memory: '2GB' } // for a worker's way of 300 nodes
    const { problems } = await check({ headrace: 1, settings, nodes: { ...nodes, n150: one }, edges: edges(...lines) })
    const found = problems.map(({ code, place }) => [code, place.node])
    expect(found).toEqual(one === wrong ? [['unknown-column', 'n150']] : [])
  }
})
