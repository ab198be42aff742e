import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pruned, RunView, ScheduleTimes, ScheduleView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { RunsServer, within } from './runsserver.ts'

const nightly = (schedule: object) => ({
  headrace: 1,
  settings: { schedule },
  nodes: {
    made: { type: 'sources/generate', config: { rows: 20, columns: { id: 'sequence' } } },
    out: { type: 'sinks/ndjson', config: { path: 'out/rows.ndjson', ifExists: 'replace' } },
  },
  edges: [{ from: 'made', to: 'out' }],
})

test('a schedule is listed, turned on and off, and says what it means', async () => {
  const server = await RunsServer.start({
    'a.json': nightly({ cron: '0 2 * * *', timeZone: 'Europe/Berlin' }),
    'b.json': nightly({ cron: '0 0 30 2 *' }),
  })
  const list = await server.json<ScheduleView[]>('GET', 'schedules')
  expect(list).toMatchObject([
    { pipeline: 'a.json', words: 'every day at 02:00', on: false, next: null, problem: null },
    { pipeline: 'b.json', problem: expect.stringContaining('never comes') },
  ])
  const on = await server.json<ScheduleView>('PUT', 'schedules/a.json', { on: true })
  expect(on.on).toBe(true)
  expect(new Date(on.next ?? 0).toLocaleTimeString('de', { timeZone: 'Europe/Berlin' })).toBe('02:00:00')
  expect(JSON.parse(readFileSync(join(server.folder, '.headrace', 'schedules.json'), 'utf8'))).toHaveProperty('a.json')
  expect((await server.ask('PUT', 'schedules/b.json', { on: true })).status).toBe(409)
  expect((await server.ask('PUT', 'schedules/none.json', { on: true })).status).toBe(409)
  expect((await server.ask('PUT', 'schedules/a.json', { on: 'yes' })).status).toBe(400)
  await server.json('POST', 'pipelines/a.json/rename', { to: 'c.json' })
  const after = await server.json<ScheduleView[]>('GET', 'schedules')
  expect(after.find(({ pipeline }) => pipeline === 'c.json')).toMatchObject({ on: true })
  const times = await server.json<ScheduleTimes>('GET', 'schedules/times?cron=0%206%20*%20*%201&timeZone=UTC')
  expect(times).toMatchObject({ words: 'every Monday at 06:00', problem: null })
  expect(times.next.length).toBe(3)
  const wrong = await server.json<ScheduleTimes>('GET', 'schedules/times?cron=0%206&timeZone=UTC')
  expect(wrong).toMatchObject({ next: [], problem: { part: 'cron' } })
  await server.close()
})

test('a server that was away runs what was due once, as a run of the schedule, from the saved file', async () => {
  const server = await RunsServer.start({ 'a.json': nightly({ cron: '0 2 * * *' }) })
  const text = readFileSync(join(server.folder, 'a.json'), 'utf8')
  const { version } = await server.json<{ version: string }>('GET', 'pipelines/a.json')
  const draft = { text: text.replace('"rows": 20', '"rows": 7'), base: version, revision: 0, client: 'tab' }
  await server.json('PUT', 'pipelines/a.json/draft', draft)
  await server.stop()
  const kept = { on: true, of: '0 2 * * * UTC', handled: Date.now() - 3 * 86_400_000, due: null, events: [] }
  mkdirSync(join(server.folder, '.headrace'), { recursive: true })
  writeFileSync(join(server.folder, '.headrace', 'schedules.json'), JSON.stringify({ 'a.json': kept }))
  await server.again()
  const view = await within(20, 'the run of the schedule', async () => {
    const [one] = await server.json<ScheduleView[]>('GET', 'schedules')
    return one?.events[0]?.status === 'done' ? one : null
  })
  expect(view.events.map(({ what }) => what)).toEqual(['started', 'missed'])
  expect(view.events[1]?.message).toMatch(/^Missed 3 times since .*It runs once, now\.$/)
  const runs = await server.json<RunView[]>('GET', 'runs')
  expect(runs).toMatchObject([{ origin: 'schedule', draft: false, rows: { in: 20 }, bytes: expect.any(Number) }])
  await server.close()
})

test('old runs are named, then removed, and leave the list', async () => {
  const server = await RunsServer.start({ 'a.json': nightly({ cron: '0 2 * * *' }) })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'a.json' })
  const { folder } = await server.until(run.id, ({ status }) => status === 'done')
  const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { id: string; started: string }
  // A hundred and two of last year.
  for (let i = 0; i < 102; i++) {
    const id = `20250101-000000-${String(i).padStart(4, '0')}`
    const old = join(folder, '..', id)
    cpSync(folder, old, { recursive: true })
    writeFileSync(join(old, 'run.json'), JSON.stringify({ ...record, id, started: '2025-01-01T00:00:00.000Z' }))
  }
  const dry = await server.json<Pruned>('POST', 'runs/prune', { dryRun: true })
  expect([dry.removed.length, dry.kept]).toEqual([3, 100])
  expect((await server.json<Pruned>('POST', 'runs/prune', { dryRun: false })).removed).toEqual(dry.removed)
  await within(10, 'the list', async () => ((await server.json<RunView[]>('GET', 'runs')).length === 100 ? true : null))
  await server.close()
})
