import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RunDetail, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { RunsServer } from './runsserver.ts'

// A node says its secret wherever it can: nobody hears it, neither on the page nor in any file but its own.

const secret = 'sup3r-secret-"value"-4711'

const pipeline = (fail: boolean) => ({
  headrace: 1,
  settings: { deadLetters: 10 },
  nodes: {
    made: { type: 'sources/generate', config: { rows: 10, columns: { n: 'sequence' } } },
    leak: { type: 'transforms/leak', config: { key: { secret: 'LEAK_KEY' }, fail } },
    stored: { type: 'sinks/ndjson', config: { path: 'out/rows.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'made', to: 'leak' },
    { from: 'leak', to: 'stored' },
  ],
})

/** Every file below a folder that holds one of the texts, but for the secret's own. */
function holding(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name)
    if (name === '.env' || !statSync(path).isFile()) return false
    const content = readFileSync(path)
    return texts.some((text) => content.includes(text))
  })
}

test('a secret is in no answer, message, log, report, rejected row or other file of a run', async () => {
  const env = `LEAK_KEY='${secret}'\n`
  const server = await RunsServer.start({ 'pipeline.json': pipeline(false), 'fails.json': pipeline(true), '.env': env })
  const heard: unknown[] = []
  const client = await server.client()
  client.onAny((...given) => void heard.push(given))
  // As it is, and as JSON writes it.
  const texts = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
  const answers: unknown[] = []
  for (const name of ['pipeline.json', 'fails.json']) {
    const { id } = await server.json<RunView>('POST', 'runs', { pipeline: name })
    client.emit('run:watch', id)
    await server.until(id, ({ status }) => status !== 'running')
    const detail = await server.json<RunDetail>('GET', `runs/${id}`)
    answers.push(detail)
    for (const path of ['log', 'metrics', 'rejected', 'pipeline', 'plan', 'graph'])
      answers.push(await (await server.ask('GET', `runs/${id}/${path}`)).text())
    const text = JSON.stringify(pipeline(name === 'fails.json'))
    answers.push(await (await server.ask('POST', 'preview', { pipeline: name, text, node: 'leak', rows: 5 })).text())
    answers.push(await (await server.ask('POST', 'check', { pipeline: name, text })).text())
    const traced = await run(['trace', id, 'made:1'], { cwd: server.folder })
    answers.push(traced.stdout, traced.stderr)
  }
  const [done, failed] = [answers[0], answers.find((one, i) => i > 0 && typeof one === 'object')] as RunDetail[]
  // It did speak: what it said is there without the secret.
  expect(done?.report).toMatchObject({ status: 'done', deadLetters: { count: 1 } })
  expect(failed?.report?.error).toMatchObject({ message: 'wrong key ***', hint: 'Is *** right?', cause: '401: ***' })
  expect(JSON.stringify(answers)).toContain('the key is ***')
  const letters = holding(server.folder, ['401 for https://x/?key=***'])
  expect(letters.some((name) => name.endsWith('dead-letters.ndjson'))).toBe(true)
  for (const text of texts) {
    expect(answers.filter((one) => JSON.stringify(one).includes(text))).toEqual([])
    expect(JSON.stringify(heard)).not.toContain(text)
  }
  expect(holding(server.folder, texts)).toEqual([])
})

test('nor on the terminal, with --json or without', async () => {
  const server = await RunsServer.start({ 'fails.json': pipeline(true), '.env': `LEAK_KEY='${secret}'\n` })
  for (const flags of [[], ['--json'], ['--log-level', 'debug']]) {
    const { stdout, stderr, code } = await run(['run', join(server.folder, 'fails.json'), ...flags])
    expect(code).toBe(1)
    expect(stdout + stderr).toContain('wrong key ***')
    expect(stdout + stderr).not.toContain(secret)
    expect(stdout + stderr).not.toContain(JSON.stringify(secret).slice(1, -1))
  }
})
