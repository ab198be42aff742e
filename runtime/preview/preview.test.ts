import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { preview } from './preview.ts'
import { numbers, pipelineText, trial } from './testing.ts'

const never = new AbortController().signal
const csv = (path = 'in.csv', more: object = {}) => ['sources/csv', { path, ...more }] as const

test('the first rows go through the graph, and each edge shows them', async () => {
  const { file, world } = await trial({ 'in.csv': numbers(300) })
  const text = pipelineText(
    {
      in: csv(),
      even: ['transforms/filter', { where: 'n % 2 == 0' }],
      kind: ['transforms/derive', { columns: { long: 'n > 100' } }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'even'],
      ['even', 'kind'],
      ['kind', 'out'],
    ],
  )
  const answer = await preview({ file, text, node: null }, world, never)
  expect(answer.problems).toEqual([])
  expect(answer.complete).toBe(true)
  expect(answer.nodes).toEqual({
    in: { in: 300, out: 300, filtered: 0, rejected: 0, cached: false, limited: false },
    even: { in: 300, out: 150, filtered: 150, rejected: 0, cached: false, limited: false },
    kind: { in: 150, out: 150, filtered: 0, rejected: 0, cached: false, limited: false },
    out: { in: 150, out: 150, filtered: 0, rejected: 0, cached: false, limited: false },
  })
  expect(Object.keys(answer.edges)).toEqual(['in → even', 'even → kind', 'kind → out'])
  expect(answer.edges['in → even']).toMatchObject({ total: 300 })
  expect(answer.edges['in → even']?.rows).toHaveLength(200)
  expect(answer.edges['kind → out']?.rows[60]).toEqual(['122', 'text 122', true])
  expect(answer.edges['kind → out']?.identities[0]).toBe('in:in.csv:2')
})

test('a preview opens no sink and leaves nothing behind', async () => {
  const { file, folder, world } = await trial({ 'in.csv': numbers(3) })
  const text = pipelineText({ in: csv(), out: ['sinks/ndjson', { path: 'out.ndjson' }] }, [['in', 'out']])
  await preview({ file, text, node: null }, world, never)
  expect(existsSync(join(folder, 'out.ndjson'))).toBe(false)
  expect(readdirSync(folder)).toEqual(['in.csv'])
})

test('no more than the sample is read, and a larger source is not complete', async () => {
  const { file, world } = await trial({ 'in.csv': numbers(50_000) })
  const text = pipelineText({ in: csv(), all: ['transforms/filter', { where: 'n > 10' }] }, [['in', 'all']])
  const answer = await preview({ file, text, node: null }, world, never)
  expect(answer.complete).toBe(false)
  expect(answer.nodes).toMatchObject({ in: { in: 2000 }, all: { in: 2000, out: 1990, filtered: 10 } })
  const small = await preview({ file, text, node: null, rows: 50 }, world, never)
  expect(small.nodes).toMatchObject({ in: { in: 50 }, all: { out: 40 } })
  const whole = await preview({ file, text, node: null, rows: 50_000 }, world, never)
  expect(whole).toMatchObject({ complete: true, nodes: { in: { in: 50_000 } } })
})

test('a source whose rows are all wrong is not read to its end', async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => `x${i}\n`).join('')
  const { file, world } = await trial({ 'in.csv': `n\n${rows}` })
  const text = pipelineText({ in: csv('in.csv', { types: { n: 'int64' } }) }, [])
  const answer = await preview({ file, text, node: 'in' }, world, never)
  expect(answer.complete).toBe(false)
  expect(answer.rejected.rows).toHaveLength(200)
  expect(answer.rejected.total).toBeLessThan(20_000)
})

test('rows that would be rejected are shown with file, line, raw text and reason', async () => {
  const { file, world } = await trial({ 'in.csv': 'n,d\n1,4\n"x",2\n3,0\n' })
  const text = pipelineText(
    { in: csv('in.csv', { types: { n: 'int64' } }), share: ['transforms/derive', { columns: { s: 'div(n, d)' } }] },
    [['in', 'share']],
  )
  const { rejected, nodes } = await preview({ file, text, node: 'share' }, world, never)
  expect(nodes).toMatchObject({ in: { in: 3, out: 2, rejected: 1 }, share: { in: 2, out: 1, rejected: 1 } })
  expect(rejected.total).toBe(2)
  expect(rejected.rows[0]).toMatchObject({
    index: 0,
    identity: 'in:in.csv:2',
    node: 'in',
    file: 'in.csv',
    line: 3,
    raw: '"x",2',
    column: 'n',
    message: expect.stringContaining('"x" is not a number'),
  })
  expect(rejected.rows[1]).toMatchObject({ index: 1, node: 'share', raw: null, values: { n: '3', d: '0' } })
})

test('a model gets 64 rows, and is not asked again when only a node below it changes', async () => {
  const { file, folder, world, calls } = await trial({ 'in.csv': numbers(500) })
  const text = (where: string) =>
    pipelineText({ in: csv(), twice: ['models/picky'], some: ['transforms/filter', { where }], out: ['sinks/none'] }, [
      ['in', 'twice'],
      ['twice', 'some'],
      ['some', 'out'],
    ])
  const rows = () => calls.reduce((sum, count) => sum + count, 0)
  const first = await preview({ file, text: text('twice > 20'), node: null }, world, never)
  expect(first.problems).toEqual([])
  expect(first.nodes).toMatchObject({
    in: { out: 500, limited: false, cached: false },
    twice: { in: 64, out: 64, limited: true, cached: false },
    some: { in: 64, out: 54 },
  })
  expect(first.edges['in → twice']?.total).toBe(500)
  expect(rows()).toBe(64)
  const second = await preview({ file, text: text('twice > 40'), node: null }, world, never)
  expect(second.nodes).toMatchObject({
    in: { cached: true },
    twice: { cached: true },
    some: { out: 44, cached: false },
  })
  expect(rows()).toBe(64)
  appendFileSync(join(folder, 'in.csv'), '501,new\n')
  await preview({ file, text: text('twice > 40'), node: null }, world, never)
  expect(rows()).toBe(128)
  await world.sessions.close()
})

test('what a node cannot do is a problem at that node, and everything before it shows', async () => {
  const { file, world } = await trial({ 'in.csv': numbers(10) })
  const text = pipelineText(
    {
      in: csv(),
      sure: ['transforms/filter', { where: 'n > 2' }],
      bad: ['models/picky', { how: 'closed' }],
      out: ['sinks/none'],
    },
    [
      ['in', 'sure'],
      ['sure', 'bad'],
      ['bad', 'out'],
    ],
  )
  const answer = await preview({ file, text, node: null }, world, never)
  expect(answer.problems).toMatchObject([
    { severity: 'error', place: { node: 'bad' }, message: 'the model file is damaged' },
  ])
  expect(answer.edges['sure → bad']?.total).toBe(8)
  expect(answer.edges['bad → out']).toBeUndefined()
  expect(answer.nodes['bad']).toBeUndefined()
})

test('a node that the check finds wrong is left out with what it feeds; the output that exists is no problem', async () => {
  const { file, world } = await trial({ 'in.csv': numbers(10), 'out.ndjson': '{}\n' })
  const text = pipelineText(
    {
      in: csv(),
      good: ['transforms/filter', { where: 'n > 2' }],
      wrong: ['transforms/filter', { where: 'price > 2' }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'good'],
      ['good', 'wrong'],
      ['wrong', 'out'],
    ],
  )
  const answer = await preview({ file, text, node: null }, world, never)
  expect(answer.problems.map(({ place }) => place.node)).toEqual(['wrong'])
  expect(answer.edges['good → wrong']?.total).toBe(8)
  expect(Object.keys(answer.nodes)).toEqual(['in', 'good'])
})

test('a preview up to a node shows what leaves it and runs nothing beyond', async () => {
  const { file, world, calls } = await trial({ 'in.csv': numbers(10) })
  const text = pipelineText({ in: csv(), few: ['transforms/filter', { where: 'n < 4' }], twice: ['models/picky'] }, [
    ['in', 'few'],
    ['few', 'twice'],
  ])
  const answer = await preview({ file, text, node: 'few' }, world, never)
  expect(Object.keys(answer.edges)).toEqual(['in → few', 'few → twice'])
  expect(Object.keys(answer.nodes)).toEqual(['in', 'few'])
  expect(calls).toEqual([])
  const alone = await preview({ file, text: pipelineText({ in: csv() }, []), node: null }, world, never)
  expect(alone.edges).toMatchObject({ 'in → ': { total: 10 } })
})

test('a preview up to a disabled node shows the rows before it, and problems elsewhere are not its own', async () => {
  const { file, world } = await trial({ 'in.csv': numbers(10) })
  const text = pipelineText(
    {
      in: csv(),
      off: ['transforms/filter', { where: 'n < 4' }, { disabled: true }],
      wrong: ['transforms/filter', { where: 'price > 1' }],
    },
    [
      ['in', 'off'],
      ['in', 'wrong'],
    ],
  )
  const answer = await preview({ file, text, node: 'off' }, world, never)
  expect(answer.problems).toEqual([])
  expect(answer.nodes).toMatchObject({ in: { out: 10 } })
})

test('fans out, routes, unites, rejects by an edge and passes disabled nodes by', async () => {
  const { file, world } = await trial({ 'in.csv': 'n,text\n1,a\nx,b\n3,c\n40,d\n', 'more.csv': 'n\n7\n' })
  const routes = { routes: [{ port: 'small', where: 'n < 10' }] }
  const text = pipelineText(
    {
      in: csv('in.csv', { types: { n: 'int64' } }),
      more: csv('more.csv'),
      off: ['transforms/filter', { where: 'n > 1000' }, { disabled: true }],
      kinds: ['transforms/route', routes],
      all: ['transforms/select', { columns: ['n', 'text'] }],
      out: ['sinks/none'],
      bad: ['sinks/none'],
    },
    [
      ['in', 'off'],
      ['off', 'kinds'],
      ['kinds.small', 'all'],
      ['more', 'all'],
      ['in', 'all'],
      ['all', 'out'],
      ['in.rejects', 'bad'],
    ],
  )
  const answer = await preview({ file, text, node: null }, world, never)
  expect(answer.problems).toEqual([])
  expect(answer.nodes).toMatchObject({
    kinds: { in: 3, out: 2, filtered: 1 },
    all: { in: 6, out: 6 },
    bad: { in: 1 },
  })
  expect(answer.edges['in.rejects → bad']?.rows[0]?.[0]).toBe('x,b')
  expect(answer.edges['in → kinds']?.total).toBe(3)
  expect(answer.edges['all → out']?.rows.map(([n]) => n)).toEqual(['1', '3', '1', '3', '40', '7'])
  expect(answer.rejected.total).toBe(1)
})

test('kept results stay within their bound, and memory is given back', async () => {
  const { file, world } = await trial({ 'in.csv': numbers(2000) }, 200_000)
  for (let i = 0; i < 30; i++) {
    const text = pipelineText({ in: csv(), f: ['transforms/derive', { columns: { m: `n + ${i}` } }] }, [['in', 'f']])
    await preview({ file, text, node: null }, world, never)
  }
  expect(world.results.bytes).toBeLessThanOrEqual(200_000)
  expect(world.results.pool.held).toBeLessThan(30)
})

test('a secret is resolved, and no message has it', async () => {
  const { file, folder, world } = await trial({ '.env': 'PLACE=in-secret.csv\n' })
  writeFileSync(join(folder, 'in-secret.csv'), 'n\n1\n')
  const text = pipelineText({ in: ['sources/csv', { path: { secret: 'PLACE' } }] }, [])
  const answer = await preview({ file, text, node: null }, world, never)
  expect(JSON.stringify(answer.problems)).not.toContain('in-secret')
})

test('a text that is no pipeline is a problem, not an error', async () => {
  const { file, world } = await trial()
  const answer = await preview({ file, text: '{"headrace": 1,', node: null }, world, never)
  expect(answer.problems[0]).toMatchObject({ severity: 'error' })
  expect(answer.nodes).toEqual({})
})
