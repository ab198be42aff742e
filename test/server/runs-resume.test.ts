import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Refusal, RunDetail, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { ndjson, RunsServer } from './runsserver.ts'

const lines = (first: number, count: number): string =>
  `n\n${Array.from({ length: count }, (_, i) => first + i).join('\n')}\n`

test('a resume over REST refuses with each change as a problem, and goes on without changed files when told so', async () => {
  const server = await RunsServer.start({ 'data/a.csv': lines(1, 250_000), 'data/b.csv': lines(300_001, 5) })
  const hold = server.write('hold', '')
  const pipeline = {
    headrace: 1,
    settings: { workers: 1 },
    nodes: {
      in: { type: 'sources/csv', config: { path: 'data/*.csv' } },
      slow: { type: 'transforms/slow', config: { milliseconds: 250, hold } },
      out: ndjson('replace'),
    },
    edges: [
      { from: 'in', to: 'slow' },
      { from: 'slow', to: 'out' },
    ],
  }
  server.write('pipeline.json', pipeline)
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  await server.json('POST', `runs/${run.id}/stop`)
  expect(await server.until(run.id, ({ status }) => status !== 'running')).toMatchObject({ status: 'stopped' })
  server.write('pipeline.json', JSON.stringify(pipeline, null, 2).replace('"milliseconds": 250', '"milliseconds": 0'))
  rmSync(join(server.folder, 'data', 'b.csv'))
  const both = await server.json<Refusal>('POST', `runs/${run.id}/resume`, undefined, 409)
  expect(both.error).toMatch(/^slow\.milliseconds: milliseconds was 250 .* \(and 1 more\)$/)
  expect(both.problems).toMatchObject([
    { code: 'changed-pipeline', place: { node: 'slow', setting: 'milliseconds' } },
    { code: 'changed-source', message: 'data/b.csv is no longer there' },
  ])
  server.write('pipeline.json', pipeline)
  const refused = await server.json<Refusal>('POST', `runs/${run.id}/resume`, {}, 409)
  expect(refused.problems?.map(({ code }) => code)).toEqual(['changed-source'])
  rmSync(hold)
  await server.json<RunView>('POST', `runs/${run.id}/resume`, { skipChanged: true }, 201)
  expect(await server.until(run.id, ({ status }) => status === 'done')).toMatchObject({ rows: { stored: 250_000 } })
  const detail = await server.json<RunDetail>('GET', `runs/${run.id}`)
  expect(detail.report).toMatchObject({ filesSkipped: 1, skippedFiles: [{ path: 'data/b.csv', rowsSkipped: 5 }] })
})
