import type { RunDetail, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { RunsServer } from './runsserver.ts'

const crashing = (poison: number[], signal: string) => ({
  headrace: 1,
  nodes: {
    in: { type: 'sources/csv', config: { path: 'in.csv' } },
    model: { type: 'models/abort', config: { calls: 'calls', poison, signal } },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'in', to: 'model' },
    { from: 'model', to: 'out' },
  ],
})
const rows = `n,text\n${Array.from({ length: 64 }, (_, i) => `${i + 1},t`).join('\n')}\n`

test('a run of the page that a row crashes is taken up again by the server, and is at work all the while', async () => {
  const server = await RunsServer.start({ 'pipeline.json': crashing([50], 'SIGSEGV'), 'in.csv': rows })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  const seen = new Set<string>()
  const ended = await server.until(
    run.id,
    ({ status }) => {
      seen.add(status)
      return status === 'done'
    },
    60,
  )
  expect([...seen]).toEqual(['running', 'done'])
  expect(ended).toMatchObject({ exitCode: 3, rejected: 1, balanced: true, origin: 'page', rows: { stored: 63 } })
  const { report } = await server.json<RunDetail>('GET', `runs/${run.id}`)
  expect(report?.restarts).toBeGreaterThan(0)
  const log = await (await server.ask('GET', `runs/${run.id}/log`)).text()
  expect(log).toMatch(/crashed \(SIGSEGV\) in model, at work on 64 rows: it looks for the row that does it/)
}, 120_000)

test('a run whose process somebody ended is not taken up again', async () => {
  const server = await RunsServer.start({ 'pipeline.json': crashing([50], 'SIGKILL'), 'in.csv': rows })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  expect(await server.until(run.id, ({ status }) => status !== 'running')).toMatchObject({ status: 'unfinished' })
}, 120_000)
