import { expect, test } from 'vitest'
import type { Snapshot } from '../../runtime/index.ts'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run, start } from './command.ts'

type Line =
  | { type: 'started'; run: { id: string; pipeline: string; origin: string } }
  | ({ type: 'counters'; flow: { bottleneck: { sentence: string } | null } } & Snapshot)
  | { type: 'ended'; status: string; exitCode: number; report: { nodes: Record<string, { out: number }> } | null }

const linesOf = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

function slowly(place: Workplace, rows: number): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 150, hold: place.hold() }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

test('watch waits for a run, follows it as lines, names what holds it up, and ends as the run ends', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, 450_000)
  const watching = start(headrace, ['watch', '--json'], { cwd: place.folder })
  let told = ''
  watching.child.stderr?.on('data', (chunk) => (told += chunk))
  await expect.poll(() => told).toContain('waiting for one')
  const ran = await run(['run', pipeline, '--json'])
  const watched = await watching.ended
  expect([ran.code, watched.code], watched.stderr).toEqual([0, 0])
  const lines = linesOf(watched.stdout)
  expect(lines[0]).toMatchObject({ type: 'started', run: { pipeline, origin: 'terminal' } })
  expect(lines.at(-1)).toMatchObject({ type: 'ended', status: 'done', exitCode: 0, report: JSON.parse(ran.stdout) })
  const counters = lines.filter((line) => line.type === 'counters')
  expect(counters[0]?.at, 'long before the end').toBeLessThan((counters.at(-1)?.at ?? 0) / 2)
  expect(counters.at(-1)?.nodes['out']?.out).toBe(450_000)
  // Four times a second: most of the time, on a machine that has others to serve.
  const pauses = counters.slice(1).map(({ at }, i) => at - (counters[i]?.at ?? 0))
  expect(pauses.sort((a, b) => a - b)[Math.floor(pauses.length / 4)]).toBeLessThan(400)
  expect(counters.map(({ flow }) => flow.bottleneck?.sentence ?? '').join('\n')).toMatch(
    /^slow is busy \d+ % of the time; in waits for it$/m,
  )
})

test('watch of a pipeline shows plain lines where there is no terminal, and ends with the exit code of the run', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, 450_000)
  const running = start(headrace, ['run', pipeline])
  const watching = start(headrace, ['watch', pipeline])
  let shown = ''
  watching.child.stdout?.on('data', (chunk) => (shown += chunk))
  await expect.poll(() => shown).toMatch(/: in [\d,]+, slow [\d,]+, out [\d,]+/)
  running.child.kill('SIGINT')
  place.release()
  const [ran, watched] = await Promise.all([running.ended, watching.ended])
  expect([ran.code, watched.code], watched.stderr).toEqual([130, 130])
  expect(watched.stdout).toMatch(/^run \S+ of /)
  expect(watched.stdout).toMatch(/: in [\d,]+, slow [\d,]+, out [\d,]+/)
  expect(watched.stdout).toMatch(/row counts match · stopped in/)
})

test('watch says so when the process of the run goes away', async () => {
  const place = new Workplace()
  const running = start(headrace, ['run', slowly(place, 450_000)])
  const watching = start(headrace, ['watch'], { cwd: place.folder })
  let shown = ''
  watching.child.stdout?.on('data', (chunk) => (shown += chunk))
  await expect.poll(() => shown).toMatch(/: in [\d,]+, slow [\d,]+, out [\d,]+/)
  // The command starts Node by way of a shell script: its group is what a person would kill.
  const [pid] = place
    .lines(`.headrace/runs/${place.list('.headrace/runs')[0]}/process.json`)
    .map((text) => (JSON.parse(text) as { pid: number }).pid)
  process.kill(pid as number, 'SIGKILL')
  await running.ended
  const { code, stdout } = await watching.ended
  expect(code).toBe(1)
  expect(stdout).toMatch(/unfinished: the process of run \S+ went away\nGo on with: headrace resume /)
})

test('watch where nothing runs says what to do', async () => {
  const place = new Workplace()
  const { code, stderr } = await run(['watch', '--wait', '0'], { cwd: place.folder })
  expect(code).toBe(2)
  expect(stderr).toMatch(/no run is at work\n {2}Start one, or name it/)
})
