import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { printedAddress } from '../browser/server.ts'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run } from './command.ts'

const rows = 'n\n1\n2\n'
const reject = 'n\n1\nx\n'
const nodes = (out: string): Record<string, [string, object]> => ({
  in: ['sources/csv', { path: 'in.csv', types: { n: 'int64' } }],
  out: ['sinks/ndjson', { path: out, ifExists: 'replace' }],
})

/** All files below a folder with their contents, by their paths. */
function tree(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')]))
}

interface Listed {
  readonly id: string
  readonly pipeline: string
}
const listed = async (...args: string[]): Promise<Listed[]> =>
  JSON.parse((await run(['runs', ...args, '--json'])).stdout) as Listed[]

test('two pipelines of one name share a folder of runs and do not mix; nothing is written beside them', async () => {
  const [one, two, state, outputs] = [new Workplace(), new Workplace(), new Workplace(), new Workplace()]
  const files = [one, two].map((place, at) => {
    place.write('in.csv', reject)
    return place.pipeline(nodes(outputs.path(`${at}.ndjson`)), [['in', 'out']])
  }) as [string, string]
  const before = [one, two].map(({ folder }) => tree(folder))
  const given = ['--state', state.folder]
  for (const file of files) expect((await run(['run', file, ...given])).code).toBe(3)
  expect(
    (await run(['run', files[0], '--set', 'in.onError=fail'], { env: { HEADRACE_STATE: state.folder } })).code,
  ).toBe(1)
  expect((await listed(files[0], ...given)).map(({ pipeline }) => pipeline)).toEqual([files[0], files[0]])
  expect((await listed(files[1], ...given)).map(({ pipeline }) => pipeline)).toEqual([files[1]])
  expect((await listed(...given)).length).toBe(3)
  const resumed = await run(['resume', files[1], ...given])
  expect(resumed, 'the other pipeline has nothing to go on with').toMatchObject({ code: 0 })
  expect((await run(['replay', files[1], ...given])).code).toBe(3)
  expect(await run(['watch', files[0], '--wait', '0', ...given])).toMatchObject({ code: 2 })
  const pruned = await run(['runs', 'prune', files[1], '--runs', '0', ...given, '--json'])
  expect(JSON.parse(pruned.stdout)).toMatchObject({
    removed: [],
    kept: [{ pipeline: files[1] }, { pipeline: files[1] }],
  })
  expect([one, two].map(({ folder }) => tree(folder))).toEqual(before)
  expect(state.lines('.gitignore')).toEqual(['*'])
})

test('the editor keeps what it writes in the folder for it', async () => {
  const [place, state] = [new Workplace(), new Workplace()]
  place.write('in.csv', rows)
  place.pipeline(nodes('out/out.ndjson'), [['in', 'out']])
  const before = tree(place.folder)
  const page = mkdtempSync(join(tmpdir(), 'headrace-page-'))
  const child = spawn(headrace, ['edit', place.folder, '--state', state.folder, '--no-open', '--port', '0'], {
    env: { ...process.env, HEADRACE_PAGE: page, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const address = new URL(await printedAddress(child))
  const authorization = `Bearer ${address.searchParams.get('token')}`
  const ask = async (method: string, path: string, body: object) => {
    const headers = { authorization, 'content-type': 'application/json' }
    return await fetch(`${address.origin}/api/${path}`, { method, headers, body: JSON.stringify(body) })
  }
  const text = readFileSync(place.path('pipeline.json'), 'utf8').replace('"n"', '"n" ')
  const started = await ask('POST', 'runs', { pipeline: 'pipeline.json', draft: text })
  expect(started.status, await started.clone().text()).toBe(201)
  const { folder } = (await started.json()) as { folder: string }
  expect(folder.startsWith(join(realpathSync(state.folder), 'runs'))).toBe(true)
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('close', resolve))
  rmSync(place.path('out'), { recursive: true })
  expect(tree(place.folder)).toEqual(before)
})

test('a folder that cannot be written to is said to be that, with what to do; elsewhere the run goes on', async () => {
  const [place, state] = [new Workplace(), new Workplace()]
  place.write('in.csv', rows)
  const pipeline = place.pipeline(nodes(state.path('out.ndjson')), [['in', 'out']])
  // Whoever runs the tests may be root, whom no mode stops: a file stands in the folder's place then.
  if (process.getuid?.() === 0) place.write('.headrace', '')
  chmodSync(place.folder, 0o555)
  const refused = await run(['run', pipeline])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain(`runs cannot be kept in ${place.path('.headrace')}`)
  expect(refused.stderr).toContain('--state FOLDER, or HEADRACE_STATE')
  expect(await run(['run', pipeline, '--state', state.path('state')])).toMatchObject({ code: 0 })
  chmodSync(place.folder, 0o755)
})
