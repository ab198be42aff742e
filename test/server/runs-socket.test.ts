import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LogPage, MetricsHistory, RowsPage, RunView, Snapshot } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { RunsServer, slowPipeline, within } from './runsserver.ts'

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const start = async (server: RunsServer) => await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
const rows = ({ edges: [edge] }: Snapshot): number => edge?.rows ?? 0

test('a watched run gives its counters four times a second while rows move, and nothing when it is over', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 20) })
  const run = await start(server)
  const client = await server.client()
  const samples: Snapshot[] = []
  client.on('counters', (id, sample) => {
    if (id === run.id) samples.push(sample)
  })
  client.emit('run:watch', run.id)
  await within(10, 'rows', () => samples.find((sample) => rows(sample) > 0) ?? null)
  samples.length = 0
  await within(6, 'three seconds of samples', () => (samples.length >= 12 ? true : null))
  // Four times a second: most of the time, on a machine that has others to serve.
  const pauses = samples.slice(1).map(({ at }, i) => at - (samples[i]?.at ?? 0))
  expect(pauses.sort((a, b) => a - b)[3]).toBeGreaterThan(150)
  expect(pauses[3]).toBeLessThan(400)
  expect(rows(samples.at(-1) as Snapshot)).toBeGreaterThan(rows(samples[0] as Snapshot))
  await server.json('POST', `runs/${run.id}/stop`)
  const last = await server.until(run.id, ({ status }) => status === 'stopped')
  await expect.poll(() => samples.at(-1)?.nodes['made']?.out).toBe(last.rows?.in)
  await wait(500)
  samples.length = 0
  await wait(1000)
  expect(samples).toEqual([])
  // Whoever comes later has the last counters at once.
  const late = await server.client()
  const first = new Promise<Snapshot>((resolve) => late.once('counters', (_, sample) => resolve(sample)))
  late.emit('run:watch', run.id)
  expect((await first).nodes['made']?.out).toBe(last.rows?.in)
  const history = await server.json<MetricsHistory>('GET', `runs/${run.id}/metrics`)
  expect(history.length).toBeGreaterThan(10)
  const half = (history[Math.floor(history.length / 2)] as Snapshot).at
  const rest = await server.json<MetricsHistory>('GET', `runs/${run.id}/metrics?since=${half}`)
  expect(rest.every(({ at }) => at > half)).toBe(true)
  const csv = await (await server.ask('GET', `runs/${run.id}/metrics.csv`)).text()
  expect(csv).toMatch(/^at_ms,kind,name,in,out,/)
  expect(csv.split('\n').length).toBe(history.length * 5 + 2)
})

test('rows of an edge come while somebody looks, once for all tabs, and the run forgets it when the last one goes', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 20) })
  const run = await start(server)
  const ask = { run: run.id, edge: 'made → slow' }
  const [one, two] = [await server.client(), await server.client()]
  const seen = { one: [] as RowsPage[], two: [] as RowsPage[] }
  one.on('rows', ({ edge }, page) => {
    if (edge === ask.edge) seen.one.push(page)
  })
  two.on('rows', (_, page) => void seen.two.push(page))
  one.emit('rows:open', ask)
  two.emit('rows:open', ask)
  const page = await within(10, 'rows', () => (seen.two.length > 1 ? (seen.one.at(-1) ?? null) : null))
  expect(page.columns.map(({ name }) => name)).toEqual(['id', 'text'])
  expect(page.rows.length).toBeGreaterThan(0)
  expect(page.rows.length).toBeLessThanOrEqual(200)
  const asks = () => readdirSync(join(run.folder, 'ask')).filter((name) => name.startsWith('rows-'))
  expect(asks()).toHaveLength(1)
  one.emit('rows:close', ask)
  await wait(300)
  expect(asks()).toHaveLength(1)
  two.disconnect()
  await within(3, 'no ask', () => (asks().length === 0 ? true : null))
  const once = await server.json<RowsPage>('GET', `runs/${run.id}/rows?edge=${encodeURIComponent('slow → stored')}`)
  expect(once.rows.length).toBeGreaterThan(0)
  expect(asks()).toHaveLength(0)
  await server.json('POST', `runs/${run.id}/kill`)
  const left = await server.json<RowsPage>('GET', `runs/${run.id}/rows?edge=${encodeURIComponent('slow → stored')}`)
  expect(left.rows.length).toBeGreaterThan(0)
})

test('the log is paged by place, and its new lines reach whoever watches', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000, 0) })
  const run = await start(server)
  await server.until(run.id, ({ status }) => status !== 'running')
  const page = await server.json<LogPage>('GET', `runs/${run.id}/log`)
  const client = await server.client()
  const lines: string[] = []
  client.on('log', (_, more) => void lines.push(...more.map(({ message }) => message)))
  client.emit('run:watch', run.id)
  await wait(300)
  server.write(
    join('.headrace', 'runs', run.id, 'run.log'),
    `${'{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"one"}\n'.repeat(3)}{"time":"2026`,
  )
  await within(3, 'lines', () => (lines.length === 3 ? true : null))
  const all = await server.json<LogPage>('GET', `runs/${run.id}/log?after=0`)
  expect(all.lines).toHaveLength(3)
  expect(all.next).toBeLessThan(page.next + 250)
  expect((await server.json<LogPage>('GET', `runs/${run.id}/log?after=${all.next}`)).lines).toEqual([])
})

test('what is asked in no sensible words is passed over', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 10) })
  const run = await start(server)
  const client = await server.client()
  for (const wrong of [null, 7, {}, { run: 1, edge: 2 }, { run: 'no', edge: 'no' }])
    client.emit('rows:open', wrong as never) // what a stranger may send
  client.emit('run:watch', { length: 3 } as never)
  client.emit('run:watch', run.id)
  let count = 0
  client.on('counters', () => void count++)
  await within(5, 'counters', () => (count > 0 ? true : null))
  expect(existsSync(join(run.folder, 'process.json'))).toBe(true)
  await server.json('POST', `runs/${run.id}/kill`)
})
