import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTimetable } from '../runtime/schedule/timetable.ts'
import { Clone, root } from './documents/clone.ts'
import { blocksOf } from './documents/markdown.ts'

// What runtime/docs/nightly.md gives away to be copied, run without cron, systemd, a container engine or a CI.

const document = readFileSync(join(root, 'runtime/docs/nightly.md'), 'utf8')
const blocks = blocksOf(document)
const linesOf = (language: string): string[] =>
  blocks.flatMap((block) => (block.language === language ? block.text.split('\n') : []))

let clone: Clone
let outside = ''
beforeAll(async () => {
  clone = new Clone()
  outside = mkdtempSync(join(tmpdir(), 'headrace-nights-'))
  // What a whole clone has besides.
  for (const name of ['runtime', 'nodes', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    symlinkSync(join(root, name), clone.path(name))
  await clone.take({
    kind: 'command',
    command: 'export PATH="$PWD/node_modules/.bin:$PATH"',
    shown: null,
    exitCode: 0,
    line: 0,
  })
  await clone.follow(document)
}, 120_000)
afterAll(() => {
  clone.remove()
  rmSync(outside, { recursive: true, force: true })
})

interface Said {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line in the clone as a shell does, with `/srv/headrace` where the clone lies. */
function shell(line: string, env: NodeJS.ProcessEnv = {}): Said {
  const command = line.replaceAll('/srv/headrace', clone.folder)
  return spawnSync('sh', ['-c', command], { cwd: clone.folder, encoding: 'utf8', env: { ...process.env, ...env } })
}

test('the command of --on-end got the JSON of the run that the document starts', () => {
  expect(JSON.parse(clone.read('pipelines/last-run.json'))).toMatchObject({
    status: 'done',
    rows: { in: 3, stored: 2 },
  })
  const refused = shell(
    "node_modules/.bin/headrace run pipelines/orders.json --set large.where=totl --on-end 'sh pipelines/notify.sh'",
  )
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('look at pipelines/last-run.json')
  expect(JSON.parse(clone.read('pipelines/last-run.json'))).toMatchObject({ status: 'refused', exitCode: 2 })
  const broken = shell("node_modules/.bin/headrace run pipelines/orders.json --json --on-end 'echo told; exit 7'")
  expect(broken.status).toBe(0)
  expect(JSON.parse(broken.stdout)).toMatchObject({ status: 'done' })
  expect(broken.stderr).toMatch(/told[\s\S]*the command of --on-end ended with exit code 7/)
})

test('the lines for cron have times that come, and commands that run', async () => {
  const lines = linesOf('cron')
  expect(lines.length).toBe(2)
  for (const line of lines) {
    const [, cron = '', command = ''] = /^((?:\S+ ){5})(.*)$/.exec(line) ?? []
    expect(await readTimetable({ cron }), line).toHaveProperty('next')
    expect(command, 'a % ends a line of cron').not.toContain('%')
    expect(shell(command), line).toMatchObject({ status: 0 })
  }
  expect(clone.read('pipelines/cron.log')).toMatch(/row counts match[\s\S]*kept 3 runs/)
})

test('the units of systemd are right, and what they start runs', () => {
  const state = join(outside, 'systemd')
  const service = clone.read('systemd/headrace-orders.service')
  const [, start = ''] = /^ExecStart=(.*)$/m.exec(service) ?? []
  const ran = shell(start, { HEADRACE_STATE: state })
  expect(ran, ran.stderr).toMatchObject({ status: 0, stdout: '' })
  const events = ran.stderr
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event)
  expect([events[0], events.at(-1)]).toEqual(['started', 'ended'])
  expect(existsSync(join(state, 'runs'))).toBe(true)
  if (spawnSync('systemd-analyze', ['--version']).error) return
  const units = join(outside, 'units')
  mkdirSync(units)
  for (const name of ['headrace-orders.service', 'headrace-orders.timer'])
    writeFileSync(join(units, name), clone.read(`systemd/${name}`).replaceAll('/srv/headrace', clone.folder))
  const verified = spawnSync('systemd-analyze', ['verify', join(units, 'headrace-orders.timer')], { encoding: 'utf8' })
  expect(verified.stderr.split('\n').filter((line) => line.includes('headrace-orders'))).toEqual([])
  const [, calendar = ''] = /^OnCalendar=(.*)$/m.exec(clone.read('systemd/headrace-orders.timer')) ?? []
  expect(spawnSync('systemd-analyze', ['calendar', calendar]).status).toBe(0)
})

test('the container file’s commands run, with runs on the volume and nothing written beside the pipeline', () => {
  const state = join(outside, 'state')
  const environment: Record<string, string> = {}
  const list = (text: string) => JSON.parse(text) as string[]
  let [entry, command]: string[][] = [[], []]
  const known = ['FROM', 'WORKDIR', 'COPY', 'VOLUME', 'STOPSIGNAL']
  for (const line of clone.read('Dockerfile').trim().split('\n')) {
    const [, what = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? []
    if (what === 'RUN') expect(shell(rest), rest).toMatchObject({ status: 0 })
    else if (what === 'ENV') environment[rest.split('=')[0] ?? ''] = rest.split('=')[1]?.replace('/state', state) ?? ''
    else if (what === 'ENTRYPOINT') entry = list(rest)
    else if (what === 'CMD') command = list(rest)
    else expect(known).toContain(what)
  }
  const before = shell('ls -A pipelines pipelines/.headrace/runs').stdout
  const quoted = [...(entry ?? []), ...(command ?? [])].map((word) => `'${word}'`).join(' ')
  const ran = shell(quoted, environment)
  expect(ran, ran.stderr).toMatchObject({ status: 0 })
  expect(environment['HEADRACE_STATE']).toBe(state)
  expect(existsSync(join(state, 'runs'))).toBe(true)
  expect(shell('ls -A pipelines pipelines/.headrace/runs').stdout).toBe(before)
})

test('the CI job’s commands run on a pull request', () => {
  const commands = linesOf('yaml').flatMap((line) => /^\s*- run: (.*)$/.exec(line)?.[1] ?? [])
  expect(commands.length).toBe(5)
  const git = 'git -c user.name=ci -c user.email=ci@example.org'
  shell(`git init -q -b main && git add pipelines/orders.json && ${git} commit -q -m before`)
  shell('git update-ref refs/remotes/origin/main HEAD')
  const file = clone.read('pipelines/orders.json')
  writeFileSync(clone.path('pipelines/orders.json'), file.replace('40.0', '100.0'))
  const summary = join(outside, 'summary.md')
  rmSync(clone.path('pipelines/in'), { recursive: true })
  const environment = { GITHUB_BASE_REF: 'main', GITHUB_STEP_SUMMARY: summary }
  for (const command of commands) {
    const ran = shell(command, environment)
    expect(ran, `${command}\n${ran.stdout}${ran.stderr}`).toMatchObject({ status: command.includes(' test ') ? 1 : 0 })
  }
  expect(readFileSync(summary, 'utf8')).toContain('100.0')
})

test('what the README shows of it is in it', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const shown = blocksOf(readme).filter(({ language }) => ['cron', 'ini', 'dockerfile', 'yaml'].includes(language))
  expect(shown.map(({ language }) => language)).toEqual(['cron', 'ini', 'dockerfile', 'yaml'])
  for (const { text } of shown) expect(document).toContain(text)
})
