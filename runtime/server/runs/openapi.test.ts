import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunView } from '../api/runs.ts'
import { bindingOf } from '../binding.ts'
import { openApi } from '../openapi/document.ts'
import { type RunningServer, startServer } from '../start.ts'

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

interface Described {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly responses: {
          readonly [status: string]: { readonly content: { readonly [type: string]: { readonly schema: object } } }
        }
      }
    }
  }
  readonly components: { readonly schemas: object }
}

const described = openApi('1') as unknown as Described // OpenAPI's own shape

/** The schema of a path's answer. */
function schemaOf(path: string, method: string, status = '2'): object {
  const [, answer] =
    Object.entries(described.paths[path]?.[method]?.responses ?? {}).find(([code]) => code.startsWith(status)) ?? []
  const [content] = Object.values(answer?.content ?? {})
  if (!content) throw new Error(`nothing is said of ${method} ${path}`)
  return { ...content.schema, components: described.components }
}

test('what the server answers is what its description says', async () => {
  const lines = (await ask('POST', '/runs?follow=1', { pipeline: 'pipeline.json' })).trim().split('\n')
  const { run } = JSON.parse(lines[0] as string) as { run: RunView }
  const follows = Compile({ ...described, $ref: '#/components/schemas/FollowLine' })
  for (const line of lines) expect(follows.Errors(JSON.parse(line)), line).toEqual([true, []])
  const questions: [path: string, method: string, query?: string, body?: object][] = [
    ['/runs', 'get'],
    ['/runs/{id}', 'get'],
    ['/runs/{id}/metrics', 'get'],
    ['/runs/{id}/log', 'get'],
    ['/runs/{id}/rejected', 'get'],
    ['/runs/{id}/rows', 'get', `?edge=${encodeURIComponent('made → few')}`],
    ['/runs/{id}/trace', 'post', '', { row: 'made:7' }],
    ['/runs/{id}/trace', 'post', '', { row: 'id=50' }],
    ['/preview', 'post', '', { pipeline: 'pipeline.json', text: pipeline, node: null }],
  ]
  for (const [path, method, query = '', body] of questions) {
    const answer = JSON.parse(await ask(method.toUpperCase(), path.replace('{id}', run.id) + query, body)) as unknown
    expect(Compile(schemaOf(path, method)).Errors(answer), path).toEqual([true, []])
  }
  const refused = JSON.parse(await ask('POST', '/runs', { pipeline: 'pipeline.json', set: ['no.where=1'] })) as unknown
  expect(Compile(schemaOf('/runs', 'post', '409')).Errors(refused)).toEqual([true, []])
})
