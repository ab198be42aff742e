import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { RunView } from '@headrace/runtime/api'
import { afterEach, expect, test } from 'vitest'
import { summarise } from '../../runtime/engine/runfolder.ts'
import { isAlive } from '../../runtime/engine/runprocess.ts'
import { printedAddress } from '../browser/server.ts'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

// Processes and those that they start, killed for real, and looked for in /proc.

const onLinux = existsSync('/proc/self/stat')
if (!onLinux) console.warn('skipped: children and their parents, for there is no /proc to look into')

/** The processes that a process has started, and those that they have. */
function childrenOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]]
      } catch {
        return []
      }
    })
  const direct = parents.flatMap(([child, parent]) => (parent === pid ? [child] : []))
  return direct.flatMap((child) => [child, ...childrenOf(child)])
}

const gone = (pids: readonly number[]) => expect.poll(() => pids.filter((pid) => isAlive(pid)))

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** The editor's server as people start it, over a folder of its own. */
async function served(place: Workplace) {
  const child = spawn(headrace, ['edit', place.folder, '--no-open', '--port', '0'], {
    env: { ...process.env, HEADRACE_PAGE: mkdtempSync(join(tmpdir(), 'headrace-page-')), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  const address = new URL(await printedAddress(child))
  const headers = {
    authorization: `Bearer ${address.searchParams.get('token')}`,
    'content-type': 'application/json',
  }
  const ask = (method: string, path: string, body?: object) =>
    fetch(`${address.origin}/api/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { child, pid: child.pid as number, ask }
}

/** A node that never comes back once it has a batch. */
const spin = `import { Type, transform } from '@headrace/runtime/sdk'
export default transform({
  title: 'Spin',
  description: 'Never comes back.',
  config: Type.Object({}),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input }) {
    for await (const batch of input) {
      for (;;) if (batch.rows < 0) yield batch
    }
  },
})
`

/** Four parts of 100,000 rows at most, at work for ten seconds while it is held. */
function slowly(place: Workplace): string {
  place.numbers('in.csv', 350_000)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 250, hold: place.hold() }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

const spinning = JSON.stringify({
  headrace: 1,
  nodes: { in: { type: 'sources/csv', config: { path: 'few.csv' } }, spin: { type: './spin' } },
  edges: [{ from: 'in', to: 'spin' }],
})

test.runIf(onLinux)(
  'with its server killed, a preview that never comes back is gone, and a run ends resumable',
  async () => {
    const place = new Workplace()
    const pipeline = slowly(place)
    place.numbers('few.csv', 3)
    place.write('spin.ts', spin)
    const { child, pid, ask } = await served(place)
    const begun = await ask('POST', 'runs', { pipeline: 'pipeline.json' })
    expect(begun.status, await begun.clone().text()).toBe(201)
    const { folder } = (await begun.json()) as RunView
    ask('POST', 'preview', { pipeline: 'pipeline.json', text: spinning, node: null }).catch(() => {})
    await expect.poll(() => childrenOf(pid).length).toBe(2)
    // The preview is in its loop by then.
    await setTimeout(1500)
    const children = childrenOf(pid)
    expect(children.length).toBe(2)
    child.kill('SIGKILL')
    await gone([pid, ...children]).toEqual([])
    expect(summarise(folder)).toMatchObject({ status: 'stopped', report: { exitCode: 130 } })
    place.release()
    expect(await run(['resume', pipeline])).toMatchObject({ code: 0 })
    expect(place.rows('out.ndjson').length).toBe(350_000)
  },
)

test.runIf(onLinux)('a server sees the death of a run and of a preview, and tells them', async () => {
  const place = new Workplace()
  slowly(place)
  place.numbers('few.csv', 3)
  place.write('spin.ts', spin)
  const { pid, ask } = await served(place)
  const { id, folder } = (await (await ask('POST', 'runs', { pipeline: 'pipeline.json' })).json()) as RunView
  const [worker] = childrenOf(pid) as [number]
  process.kill(worker, 'SIGKILL')
  const seen = async () => ((await (await ask('GET', `runs/${id}`)).json()) as RunView).status
  await expect.poll(seen).toBe('unfinished')
  expect(summarise(folder).status).toBe('unfinished')
  const preview = ask('POST', 'preview', { pipeline: 'pipeline.json', text: spinning, node: null })
  await expect.poll(() => childrenOf(pid).length).toBe(1)
  await setTimeout(500)
  process.kill(childrenOf(pid)[0] as number, 'SIGKILL')
  const answer = await preview
  expect(answer.ok).toBe(false)
  expect(await answer.text()).toContain('SIGKILL')
})

test.runIf(onLinux)('with its server killed while it is prepared, a run is gone and has not begun', async () => {
  const place = new Workplace()
  slowly(place)
  // Counting them takes a while.
  place.numbers('in.csv', 3_000_000)
  const { child, pid, ask } = await served(place)
  ask('POST', 'runs', { pipeline: 'pipeline.json' }).catch(() => {})
  await expect.poll(() => childrenOf(pid).length).toBe(1)
  const children = childrenOf(pid)
  child.kill('SIGKILL')
  await gone([pid, ...children]).toEqual([])
  const { stdout } = await run(['runs', place.path('pipeline.json'), '--json'])
  for (const { status } of JSON.parse(stdout || '[]') as { status: string }[]) expect(status).toBe('stopped')
  expect(place.exists('out.ndjson')).toBe(false)
})

test.runIf(onLinux)('a server whose terminal closes ends with 129 and takes its run along, in good order', async () => {
  const place = new Workplace()
  slowly(place)
  const { child, pid, ask } = await served(place)
  const begun = await ask('POST', 'runs', { pipeline: 'pipeline.json' })
  const { folder } = (await begun.json()) as RunView
  const children = childrenOf(pid)
  const ended = once(child, 'exit')
  child.kill('SIGHUP')
  expect(await ended).toEqual([129, null])
  await gone(children).toEqual([])
  expect(summarise(folder)).toMatchObject({ status: 'stopped' })
})

test.runIf(onLinux)('a command that waits for another process takes it along, whenever it is killed', async () => {
  const place = new Workplace()
  const own = slowly(place)
  place.write('pass.ts', spin.replace('for (;;) if (batch.rows < 0) yield batch', 'yield batch'))
  place.write(
    'pipeline.json',
    readFileSync(own, 'utf8')
      .replace('transforms/slow', './pass')
      .replace(/"milliseconds": 250,\s*"hold": "[^"]*"/, ''),
  )
  for (const milliseconds of [250, 700, 1300]) {
    const { child, ended } = start(headrace, ['run', own])
    await setTimeout(milliseconds)
    const children = childrenOf(child.pid as number)
    child.kill('SIGKILL')
    await gone(children).toEqual([])
    await ended
  }
  const { code, stderr } = await run(['run', own])
  expect(code, stderr).toBe(0)
  expect(place.rows('out.ndjson').length).toBe(350_000)
})
