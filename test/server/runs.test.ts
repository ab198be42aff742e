import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Refusal, RunDetail, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { processOf } from '../../runtime/engine/runask.ts'
import { start as command, headrace } from '../cli/command.ts'
import { heldPipeline, heldRows, ndjson, RunsServer, slowPipeline, within } from './runsserver.ts'

const ended = ({ status }: RunView): boolean => status !== 'running'

test('a run is started by one request, listed, and ends with its counts', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(20_000, 0) })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' }, 201)
  expect(run).toMatchObject({
    pipeline: 'pipeline.json',
    name: 'slow',
    origin: 'page',
    draft: false,
    rowsExpected: 20_000,
  })
  const done = await server.until(run.id, ended)
  expect(done).toMatchObject({
    status: 'done',
    exitCode: 0,
    balanced: true,
    error: null,
    rows: { in: 20_000, stored: 20_000, filtered: 0, rejected: 0 },
  })
  const [listed] = await server.json<RunView[]>('GET', 'runs?pipeline=pipeline.json')
  expect(listed).toMatchObject({ id: run.id, status: 'done' })
  const detail = await server.json<RunDetail>('GET', `runs/${run.id}`)
  expect(detail.report?.nodes['stored']).toMatchObject({ in: 20_000, out: 20_000 })
  expect(detail.last?.nodes['stored']).toMatchObject({ in: 20_000 })
  expect(JSON.parse(detail.text)).toMatchObject({ name: 'slow' })
  expect(detail.command).toBe(`headrace run ${join(server.folder, 'pipeline.json')}`)
})

test('a start is cancelled before the run has begun: nothing of it stays, and the next one starts', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(10, 0) })
  const question = { pipeline: 'pipeline.json', draft: JSON.stringify(slowPipeline(20, 0)) }
  const none = await server.json<Refusal>('POST', 'runs/cancel', { pipeline: 'pipeline.json' }, 409)
  expect(none.error).toBe('No run of this pipeline is starting.')
  const starting = server.json<Refusal>('POST', 'runs', question, 409)
  await within(3, 'the start', async () => {
    const { status } = await server.ask('POST', 'runs/cancel', { pipeline: 'pipeline.json' })
    return status === 202 ? true : null
  })
  expect(await starting).toMatchObject({ error: 'The start was cancelled.' })
  expect(await server.json<RunView[]>('GET', 'runs')).toEqual([])
  expect(readdirSync(join(server.folder, '.headrace', 'drafts'))).toEqual([])
  const run = await server.json<RunView>('POST', 'runs', question, 201)
  expect((await server.until(run.id, ended)).rows?.stored).toBe(20)
})

test('a draft runs as it is, and the file stays', async () => {
  const server = await RunsServer.start({ 'emoji/pipeline.json': slowPipeline(10, 0) })
  const draft = JSON.stringify(slowPipeline(33, 0))
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'emoji/pipeline.json', draft })
  expect(run).toMatchObject({ draft: true, file: join(server.folder, 'emoji', 'pipeline.json') })
  const done = await server.until(run.id, ended)
  expect(done.rows?.stored).toBe(33)
  const detail = await server.json<RunDetail>('GET', `runs/${run.id}`)
  expect(detail.text).toBe(draft)
})

test('what stands in the way of a run is said before it starts', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(10, 0, ndjson('fail')), 'out.ndjson': '{}\n' })
  const exists = await server.json<Refusal>('POST', 'runs', { pipeline: 'pipeline.json' }, 409)
  expect(exists.problems).toMatchObject([{ code: 'output-exists', place: { node: 'stored' } }])
  expect(exists.error).toMatch(/^stored.*out\.ndjson/)
  const secret = { type: 'sinks/ndjson', config: { path: { secret: 'NOBODY_SET_THIS' }, ifExists: 'replace' } }
  server.write('pipeline.json', slowPipeline(10, 0, secret))
  const missing = await server.json<Refusal>('POST', 'runs', { pipeline: 'pipeline.json' }, 409)
  expect(missing.error).toMatch(/NOBODY_SET_THIS|secret/)
  const unknown = await server.json<Refusal>('POST', 'runs', { pipeline: 'nothing.json' }, 404)
  expect(unknown.error).toMatch(/no pipeline nothing\.json/)
  expect(await server.json<RunView[]>('GET', 'runs')).toEqual([])
})

test('a second run of a pipeline is refused, and the one at work is named', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 100) })
  const [first, twice] = await Promise.all([
    server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' }, 201),
    server.json<Refusal>('POST', 'runs', { pipeline: 'pipeline.json' }, 409),
  ])
  expect(twice.error).toMatch(/starting already/)
  const refused = await server.json<Refusal>('POST', 'runs', { pipeline: 'pipeline.json' }, 409)
  expect(refused).toMatchObject({ run: { id: first.id }, problems: [{ code: 'another-run' }] })
  await server.json('POST', `runs/${first.id}/stop`)
  const stopped = await server.until(first.id, ended)
  expect(stopped).toMatchObject({ status: 'stopped', exitCode: 130, balanced: true, error: null })
})

test('stop ends a run in good order, resume goes on with it, and every row is stored once', async () => {
  const server = await RunsServer.start()
  const hold = join(server.folder, 'hold')
  server.write('pipeline.json', heldPipeline(hold))
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  await within(20, 'a part that is stored', () => existsSync(join(run.folder, 'ledger')) || null)
  await server.json('POST', `runs/${run.id}/stop`)
  await server.until(run.id, ({ status }) => status === 'stopped')
  rmSync(hold)
  const again = await server.json<RunView>('POST', `runs/${run.id}/resume`, {}, 201)
  expect(again).toMatchObject({ id: run.id, status: 'running' })
  const done = await server.until(run.id, ({ status }) => status === 'done')
  expect(done.rows).toMatchObject({ in: heldRows, stored: heldRows })
  const refused = await server.json<Refusal>('POST', `runs/${run.id}/resume`, {}, 409)
  expect(refused.error).toMatch(/finished/)
})

test('a killed run is told within a second, in a sentence that says what to do', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 100) })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  const killed = await server.json<RunView>('POST', `runs/${run.id}/kill`)
  expect(killed).toMatchObject({ status: 'unfinished', error: { message: 'The run was killed.' } })
  const late = await server.json<Refusal>('POST', `runs/${run.id}/stop`, {}, 409)
  expect(late.error).toMatch(/ended already/)
  expect((await server.ask('DELETE', `runs/${run.id}`)).status).toBe(204)
  expect(existsSync(run.folder)).toBe(false)
  expect((await server.ask('GET', `runs/${run.id}`)).status).toBe(404)
})

test('a run of a terminal appears, can be stopped from here, and its death is noticed', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 100) })
  const client = await server.client()
  const seen: RunView[] = []
  client.on('run', (run) => void seen.push(run))
  const began = performance.now()
  const terminal = command(headrace, ['run', join(server.folder, 'pipeline.json')])
  const folder = join(server.folder, '.headrace', 'runs')
  await within(20, 'the run folder', () => existsSync(folder) || null)
  const there = performance.now()
  const first = await within(2, 'the run', () => seen.find(({ status }) => status === 'running') ?? null)
  console.log(
    `appeared ${Math.round(performance.now() - there)} ms after its folder, ${Math.round(there - began)} ms after the command`,
  )
  expect(first.origin).toBe('terminal')
  await server.json('POST', `runs/${first.id}/stop`)
  const stopped = await terminal.ended
  expect(stopped.stdout + stopped.stderr).toMatch(/stopped/)
  await within(2, 'its end', () => seen.find(({ status }) => status === 'stopped') ?? null)

  const other = command(headrace, ['run', join(server.folder, 'pipeline.json'), '--anew'])
  const second = await within(
    10,
    'the run',
    () => seen.find(({ id, status }) => id !== first.id && status === 'running') ?? null,
  )
  const { pid } = processOf(second.folder) as { pid: number }
  const killed = performance.now()
  process.kill(pid, 'SIGKILL')
  await other.ended
  const dead = await within(
    1,
    'its death',
    () => seen.find(({ id, status }) => id === second.id && status === 'unfinished') ?? null,
  )
  console.log(`its death was told after ${Math.round(performance.now() - killed)} ms`)
  expect(dead.error?.message).toMatch(/process ended unexpectedly/)
  expect(dead.error?.hint).toMatch(/Resume goes on from the last stored part/)
})
