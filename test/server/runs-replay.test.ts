import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Refusal, RejectedPage, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { ndjson, RunsServer, within } from './runsserver.ts'

const ended = ({ status }: RunView): boolean => status !== 'running'

const pipeline = {
  headrace: 1,
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv', types: { price: 'float64' } } },
    stored: ndjson('replace'),
  },
  edges: [{ from: 'orders', to: 'stored' }],
}
const csv = `id,price\n${Array.from({ length: 99 }, (_, i) => `${i + 1},${i}.5`).join('\n')}\n100,a lot\n`

test('a rejected row is shown with its line and reason, mended, replayed, and then nothing is rejected', async () => {
  const server = await RunsServer.start({ 'pipeline.json': pipeline, 'orders.csv': csv })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  const done = await server.until(run.id, ended)
  expect(done).toMatchObject({ status: 'done', exitCode: 3, rejected: 1, rows: { in: 100, stored: 99, rejected: 1 } })
  const page = await server.json<RejectedPage>('GET', `runs/${run.id}/rejected`)
  expect(page).toMatchObject({ total: 1, rows: [{ index: 0, node: 'orders', line: 101, raw: '100,a lot' }] })
  const empty = await server.json<Refusal>('POST', `runs/${run.id}/replay`, { rows: [] }, 409)
  expect(empty.error).toMatch(/No row is chosen/)
  const client = await server.client()
  const seen: RunView[] = []
  client.on('run', (one) => void seen.push(one))
  const replay = await server.json<RunView>('POST', `runs/${run.id}/replay`, { rows: [0], raw: { 0: '100,99.5' } }, 201)
  expect(replay).toMatchObject({ replayOf: run.id, origin: 'page', pipeline: 'pipeline.json' })
  expect(await server.until(replay.id, ended)).toMatchObject({
    status: 'done',
    rejected: 0,
    rows: { in: 1, stored: 1 },
  })
  await within(
    3,
    'the run without rejected rows',
    () => seen.find(({ id, rejected }) => id === run.id && rejected === 0) ?? null,
  )
  expect((await server.json<RejectedPage>('GET', `runs/${run.id}/rejected`)).total).toBe(0)
  const stored = readFileSync(join(server.folder, 'out.ndjson'), 'utf8').trim().split('\n')
  expect(stored).toHaveLength(100)
  expect(JSON.parse(stored[99] as string)).toEqual({ id: 100, price: 99.5 })
  const nothing = await server.json<Refusal>('POST', `runs/${run.id}/replay`, {}, 409)
  expect(nothing.error).toMatch(/no rejected rows left/)
})

test('rejected rows are replayed under a draft that mends a setting, never under one that leads out of the folder', async () => {
  const mendable = (part: string, source = 'orders.csv') => ({
    headrace: 1,
    nodes: {
      orders: { type: 'sources/csv', config: { path: source, types: { id: 'int64', by: 'int64' } } },
      share: { type: 'transforms/derive', config: { columns: { part } } },
      stored: ndjson('replace'),
    },
    edges: [
      { from: 'orders', to: 'share' },
      { from: 'share', to: 'stored' },
    ],
  })
  const server = await RunsServer.start({ 'pipeline.json': mendable('div(id, by)'), 'orders.csv': 'id,by\n4,2\n6,0\n' })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  expect(await server.until(run.id, ended)).toMatchObject({ rejected: 1, rows: { stored: 1 } })
  const outside = JSON.stringify(mendable('div(id, by + 1)', '../../etc/passwd'))
  const refused = await server.json<Refusal>('POST', `runs/${run.id}/replay`, { draft: outside }, 409)
  expect(refused.problems?.map(({ code }) => code)).toContain('outside')
  await server.json('POST', `runs/${run.id}/replay`, { draft: 7 }, 400)

  const draft = JSON.stringify(mendable('div(id, by + 1)'))
  const replay = await server.json<RunView>('POST', `runs/${run.id}/replay`, { draft }, 201)
  expect(replay).toMatchObject({ replayOf: run.id, draft: true })
  expect(await server.until(replay.id, ended)).toMatchObject({ status: 'done', rejected: 0, rows: { stored: 1 } })
  const stored = readFileSync(join(server.folder, 'out.ndjson'), 'utf8').trim().split('\n')
  expect(stored.map((line) => JSON.parse(line) as object)).toEqual([
    { id: 4, by: 2, part: 2 },
    { id: 6, by: 0, part: 6 },
  ])
  expect(readFileSync(join(server.folder, 'pipeline.json'), 'utf8')).toContain('div(id, by)')
  expect(readdirSync(join(server.folder, '.headrace', 'drafts'))).toEqual([])
})
