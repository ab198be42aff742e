import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PreviewAnswer, Refusal, RunDetail, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { RunsServer, slowPipeline, within } from './runsserver.ts'

const ended = ({ status }: RunView): boolean => status !== 'running'

test('a draft that cannot be written is told with where and why', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(10, 0), '.headrace/drafts': 'in the way' })
  const draft = JSON.stringify(slowPipeline(5, 0))
  const refused = await server.json<Refusal>('POST', 'runs', { pipeline: 'pipeline.json', draft }, 409)
  expect(refused.error).toMatch(/^The draft cannot be run: /)
  expect(refused.hint).toContain(join(server.folder, '.headrace', 'drafts'))
})

test('a history that is damaged, and a folder that was deleted, are told and stop nothing else', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(1000, 0) })
  const client = await server.client()
  const gone: string[] = []
  client.on('gone', (id) => void gone.push(id))
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  await server.until(run.id, ended)
  writeFileSync(join(run.folder, 'metrics.sqlite'), 'no database at all, but long enough to look like one'.repeat(100))
  const detail = await server.json<RunDetail>('GET', `runs/${run.id}`)
  expect(detail).toMatchObject({ status: 'done', last: null, report: { rows: { stored: 1000 } } })
  const broken = await server.json<Refusal>('GET', `runs/${run.id}/metrics`, undefined, 500)
  expect(broken.error).toMatch(/counters of this run cannot be read/)
  client.emit('run:watch', run.id)
  rmSync(run.folder, { recursive: true })
  await within(2, 'its absence', () => (gone.includes(run.id) ? true : null))
  const missing = await server.json<Refusal>('GET', `runs/${run.id}/log`, undefined, 404)
  expect(missing).toMatchObject({ error: `there is no run ${run.id}` })
})

test('a run that older versions left, half a folder and strange files are listed or passed over', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(10, 0) })
  const runs = join(server.folder, '.headrace', 'runs')
  const old = join(runs, '20250101-101112-abcd')
  mkdirSync(old, { recursive: true })
  mkdirSync(join(runs, '20250101-101113-abcd'))
  writeFileSync(join(runs, 'notes.txt'), 'mine')
  writeFileSync(
    join(old, 'run.json'),
    JSON.stringify({
      id: '20250101-101112-abcd',
      pipeline: '/elsewhere/p.json',
      name: '',
      started: '2025-01-01T10:11:12.000Z',
      set: [],
      limit: null,
    }),
  )
  writeFileSync(join(old, 'pipeline.json'), '{}')
  const [listed] = await within(3, 'the run', async () => {
    const all = await server.json<RunView[]>('GET', 'runs')
    return all.length ? all : null
  })
  expect(listed).toMatchObject({
    pipeline: null,
    name: 'p',
    status: 'unfinished',
    origin: 'terminal',
    draft: false,
    rowsExpected: null,
    error: { message: "The run's process ended unexpectedly." },
  })
  const detail = await server.json<RunDetail>('GET', `runs/${listed?.id}`)
  expect(detail).toMatchObject({ report: null, last: null, command: 'headrace run /elsewhere/p.json' })
})

test('requests that make no sense are refused in words', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(10, 0) })
  for (const [body, words] of [
    [{}, /"pipeline" must be a text/],
    [{ pipeline: 'pipeline.json', set: 'a=b' }, /"set" must be a list/],
    [{ pipeline: 'pipeline.json', limit: -1 }, /"limit" must be a whole number/],
    [{ pipeline: '../pipeline.json' }, /no pipeline's id/],
  ] as const) {
    const refused = await server.json<Refusal>('POST', 'runs', body, 400)
    expect(refused.error).toMatch(words)
  }
  server.write('out.json', slowPipeline(10, 0, { type: 'sinks/ndjson', config: { path: '/tmp/elsewhere.ndjson' } }))
  const outside = await server.json<Refusal>('POST', 'runs', { pipeline: 'out.json' }, 409)
  expect(outside.problems).toMatchObject([{ code: 'outside', place: { node: 'stored', setting: 'path' } }])
})

test('a preview goes through the graph without a run, and ends when whoever asked goes', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000, 0) })
  const text = JSON.stringify(slowPipeline(100_000, 0))
  const answer = await server.json<PreviewAnswer>('POST', 'preview', {
    pipeline: 'pipeline.json',
    text,
    node: 'slow',
    rows: 50,
  })
  expect(answer.nodes['slow']).toMatchObject({ in: 50, out: 50 })
  expect(answer.edges['made → slow']?.rows).toHaveLength(50)
  const control = new AbortController()
  const asked = fetch(`${server.origin}/api/preview`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      pipeline: 'pipeline.json',
      text: JSON.stringify(slowPipeline(100_000, 2000)),
      node: 'slow',
    }),
    signal: control.signal,
  })
  setTimeout(() => control.abort(), 300)
  await expect(asked).rejects.toThrow(/abort/)
  const next = await server.json<PreviewAnswer>('POST', 'preview', {
    pipeline: 'pipeline.json',
    text,
    node: null,
    rows: 20,
  })
  expect(next.nodes['stored']).toMatchObject({ in: 20 })
})
