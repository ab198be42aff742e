import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunView } from '../api/runs.ts'
import { bindingOf } from '../binding.ts'
import { type RunningServer, startServer } from '../start.ts'
import { runsPaths } from './openapi.ts'
import { runsSchemas } from './openapischemas.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-openapi-')))
const pipeline = JSON.stringify({
  headrace: 1,
  nodes: {
    made: { type: 'sources/generate', config: { rows: 100, columns: { id: 'sequence', vector: 'vector(8)' } } },
    few: { type: 'transforms/filter', config: { where: '10 / (id - 50) < 100' } },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'made', to: 'few' },
    { from: 'few', to: 'out' },
  ],
})
let server: RunningServer

beforeAll(async () => {
  writeFileSync(join(folder, 'pipeline.json'), pipeline)
  const rest = { folder, roots: [], page: folder, port: 0, command: 'headrace', logLevel: 'error' as const }
  server = await startServer({ ...rest, binding: bindingOf({}) })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

async function ask(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return await answer.text()
}

/** The schema that a path names for its good answer, and the schemas that it names in turn. */
function schemaOf(path: string, method: string): object {
  const { responses } = (runsPaths[path] as Record<string, { responses: Record<string, { content?: object }> }>)[
    method
  ]!
  const [, good] = Object.entries(responses).find(([status]) => status.startsWith('2')) as [string, { content: object }]
  const [{ schema }] = Object.values(good.content) as [{ schema: object }]
  return { ...schema, components: { schemas: runsSchemas } }
}

test('what the server answers is what its description says', async () => {
  const lines = (await ask('POST', '/runs?follow=1', { pipeline: 'pipeline.json' })).trim().split('\n')
  const { run } = JSON.parse(lines[0] as string) as { run: RunView }
  const follows = Compile(schemaOf('/runs/{id}/follow', 'get'))
  for (const line of lines) expect(follows.Errors(JSON.parse(line)), line).toEqual([true, []])
  const questions: [path: string, method: string, query?: string, body?: object][] = [
    ['/runs', 'get'],
    ['/runs/{id}', 'get'],
    ['/runs/{id}/metrics', 'get'],
    ['/runs/{id}/log', 'get'],
    ['/runs/{id}/rejected', 'get'],
    ['/runs/{id}/rows', 'get', `?edge=${encodeURIComponent('made → few')}`],
    ['/preview', 'post', '', { pipeline: 'pipeline.json', text: pipeline, node: null }],
  ]
  for (const [path, method, query = '', body] of questions) {
    const answer = JSON.parse(await ask(method.toUpperCase(), path.replace('{id}', run.id) + query, body)) as unknown
    expect(Compile(schemaOf(path, method)).Errors(answer), path).toEqual([true, []])
  }
  const refused = JSON.parse(await ask('POST', '/runs', { pipeline: 'pipeline.json', set: ['no.where=1'] })) as unknown
  const refusal = Compile({ components: { schemas: runsSchemas }, $ref: '#/components/schemas/Refusal' })
  expect(refusal.Errors(refused)).toEqual([true, []])
})

test('every schema that is named is there', () => {
  const named = [...JSON.stringify([runsPaths, runsSchemas]).matchAll(/#\/components\/schemas\/(\w+)/g)]
  expect(named.map(([, name]) => name).filter((name) => !((name as string) in runsSchemas))).toEqual([])
})
