import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { RunsServer, slowPipeline, within } from './runsserver.ts'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'runtime', 'docs', 'live.md'), 'utf8')
const example = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

test('the example client of ten lines prints rows per second of each edge', async () => {
  expect(example.trimEnd().split('\n')).toHaveLength(10)
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(100_000_000, 40) })
  const run = await server.json<RunView>('POST', 'runs', { pipeline: 'pipeline.json' })
  const address = `${server.origin}/?token=${server.token}`
  // From where socket.io-client is found.
  const client = spawn(process.execPath, ['--input-type=module', '-e', example, '--', 'watch.mjs', address, run.id], {
    cwd: join(root, 'test'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  client.stdout.on('data', (chunk: Buffer) => (output += chunk))
  const printed = () => (/made → slow [1-9]\d* rows\/s\nslow → stored [1-9]\d* rows\/s\n/.test(output) ? true : null)
  await within(15, 'rows per second', printed)
  client.kill()
  await server.json('POST', `runs/${run.id}/kill`)
})

test('the command of the page starts a run and follows it', async () => {
  const [, line = ''] = /```sh\n(.*)\n```/.exec(page) ?? []
  const server = await RunsServer.start({ 'emoji/pipeline.json': slowPipeline(1000, 0) })
  const port = new URL(server.origin).port
  const shell = spawn('sh', ['-c', `${line.replace('PORT', port).replace('TOKEN', server.token)} -s`])
  let output = ''
  shell.stdout.on('data', (chunk: Buffer) => (output += chunk))
  expect(await new Promise((resolve) => shell.once('close', resolve))).toBe(0)
  const types = output
    .trim()
    .split('\n')
    .map((text) => (JSON.parse(text) as { type: string }).type)
  expect(types[0]).toBe('started')
  expect(types.at(-1)).toBe('ended')
})
