import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FollowLine, Refusal, RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { isAlive, processOf } from '../../runtime/engine/runprocess.ts'
import { run as command } from '../cli/command.ts'
import { heldPipeline, heldRows, RunsServer, slowPipeline, within } from './runsserver.ts'

test('one curl command starts a run and follows it to its end', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(300_000, 60) })
  const address = `${server.origin}/api/runs?follow=1`
  const curl = spawn('curl', [
    '-sN',
    address,
    '-H',
    `Authorization: Bearer ${server.token}`,
    '--json',
    JSON.stringify({ pipeline: 'pipeline.json' }),
  ])
  let output = ''
  curl.stdout.on('data', (chunk: Buffer) => (output += chunk))
  expect(await new Promise((resolve) => curl.once('close', resolve))).toBe(0)
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as FollowLine)
  expect(lines[0]).toMatchObject({ type: 'started', run: { status: 'running' } })
  const counters = lines.filter((line) => line.type === 'counters')
  expect(counters.length).toBeGreaterThan(2)
  expect(counters.at(-1)?.nodes['stored']?.in).toBe(300_000)
  expect(lines.at(-1)).toMatchObject({
    type: 'ended',
    run: { status: 'done' },
    report: { rows: { stored: 300_000 } },
  })
  const refused = await server.json<Refusal>(
    'POST',
    'runs?follow=1',
    { pipeline: 'pipeline.json', set: ['x.y=1'] },
    409,
  )
  expect(refused.error).toMatch(/x/)
  const [{ id }] = await server.json<[RunView]>('GET', 'runs')
  const again = await (await server.ask('GET', `runs/${id}/follow`)).text()
  expect(
    again
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as FollowLine).type),
  ).toEqual(['started', 'counters', 'ended'])
})

test('a run goes on when whoever followed it goes', async () => {
  const server = await RunsServer.start({ 'pipeline.json': slowPipeline(200_000, 40) })
  const answer = await server.ask('POST', 'runs?follow=1', { pipeline: 'pipeline.json' })
  await answer.body?.cancel()
  const [{ id }] = await server.json<[RunView]>('GET', 'runs')
  const done = await server.until(id, ({ status }) => status !== 'running')
  expect(done).toMatchObject({ status: 'done', rows: { stored: 200_000 } })
})

/** `headrace edit` as a process of its own; its page is no page, for nobody looks at it. */
async function edit(folder: string): Promise<{ child: ChildProcess; origin: string; token: string }> {
  const cli = join(import.meta.dirname, '..', '..', 'runtime', 'cli', 'headrace.mjs')
  const child = spawn(process.execPath, [cli, 'edit', folder, '--no-open', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HEADRACE_PAGE: folder },
  })
  const address = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const [found] = /http:\/\/\S+/.exec(chunk.toString()) ?? []
      if (found) resolve(found)
    })
  })
  const url = new URL(address)
  return { child, origin: url.origin, token: url.searchParams.get('token') ?? '' }
}

test.each(['SIGKILL', 'SIGINT'] as const)(
  'when the server ends by %s its run ends resumable, and nothing is left behind',
  async (signal) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-edit-')))
    const file = join(folder, 'pipeline.json')
    const hold = join(folder, 'hold')
    writeFileSync(file, JSON.stringify(heldPipeline(hold)))
    writeFileSync(join(folder, 'index.html'), '')
    const { child, origin, token } = await edit(folder)
    const answer = await fetch(`${origin}/api/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ pipeline: 'pipeline.json' }),
    })
    const run = (await answer.json()) as RunView
    const { pid } = processOf(run.folder) as { pid: number }
    await within(20, 'a part that is stored', () => existsSync(join(run.folder, 'ledger')) || null)
    const killed = performance.now()
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.kill(signal)
    await gone
    await within(15, 'the end of the run', () => (processOf(run.folder) ? null : true))
    console.log(`the run ended ${Math.round(performance.now() - killed)} ms after the server`)
    await within(10, 'the end of its process', () => (isAlive(pid) ? null : true))
    const listed = await command(['runs', file, '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject([{ id: run.id, status: 'stopped' }])
    rmSync(hold)
    const resumed = await command(['resume', file, '--json'])
    expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'done', rows: { stored: heldRows } })
    rmSync(folder, { recursive: true })
  },
)
