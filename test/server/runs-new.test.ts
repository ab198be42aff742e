import type { Refusal, RunDetail, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { RunsServer } from './runsserver.ts'

const ended = ({ status }: RunView): boolean => status !== 'running'

test('the page runs what is new: told apart from a refusal, with its command, and known after the run is deleted', async () => {
  const server = await RunsServer.start({
    'in/a.csv': 'n\n1\n',
    'pipeline.json': {
      headrace: 1,
      nodes: {
        in: { type: 'sources/csv', config: { path: 'in/*.csv' } },
        out: { type: 'sinks/ndjson', config: { path: 'out.ndjson' } },
      },
      edges: [{ from: 'in', to: 'out' }],
    },
  })
  const question = { pipeline: 'pipeline.json', new: true }
  await server.until((await server.json<RunView>('POST', 'runs', question, 201)).id, ended)
  server.write('in/b.csv', 'n\n2\n3\n')
  const second = await server.json<RunView>('POST', 'runs', question, 201)
  expect(await server.until(second.id, ended)).toMatchObject({ status: 'done', rows: { stored: 2 } })
  const { report, command } = await server.json<RunDetail>('GET', `runs/${second.id}`)
  expect(report).toMatchObject({ filesNew: 1, filesChanged: 0, filesSkipped: 1, filesGone: 0 })
  expect(command).toMatch(/^headrace run \S+pipeline\.json --new$/)
  const nothing = await server.json<Refusal>('POST', 'runs', question, 409)
  expect(nothing).toMatchObject({ error: 'nothing new: 2 files skipped', problems: [{ code: 'nothing' }] })
  for (const { id } of await server.json<RunView[]>('GET', 'runs')) await server.ask('DELETE', `runs/${id}`)
  expect((await server.json<Refusal>('POST', 'runs', question, 409)).error).toBe('nothing new: 2 files skipped')
})
