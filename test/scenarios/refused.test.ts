import { startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

const read = (path: string): [string, object] => ['sources/csv', { path }]

test.each([
  [['run', 'pipeline.json', '--workers', '0'], /--workers "0" is not a whole number from 1/],
  [['run', 'pipeline.json', '--limit', ''], /--limit "" is not a whole number/],
  [['run', 'pipeline.json', '--memory', 'lots'], /--memory "lots" is not a size/],
  [
    ['run', 'pipeline.json', '--memory', '2MB'],
    /2 MB of memory is too little: one worker needs \d+ MB[\s\S]*--memory \d+MB/,
  ],
  [['run', 'pipeline.json', '--memory', '512'], /is 512 bytes[\s\S]*Write the unit/],
  [['run', 'pipeline.json', '--state', 'in.csv'], /runs cannot be kept in \/.*\/in\.csv/],
  [
    ['run', 'pipeline.json', '--set', 'in.pth=x', '--set', 'our.path=x'],
    /Did you mean "out"[\s\S]*Did you mean "path"/,
  ],
  [['plan', 'none.json'], /there is no such pipeline file/],
  [['resume', 'none.json'], /there is no run "none\.json"/],
  [['runs', 'none.json'], /there is no pipeline file none\.json/],
  [['search', 'pipeline.json', 'sad cat'], /the pipeline has no vector sink/],
  [['nodes', 'transforms/fliter'], /Did you mean transforms\/filter/],
])('%j ends with 2, says why, and --json gives one object', async (args, why) => {
  const place = new Workplace()
  place.numbers('in.csv', 3)
  place.pipeline({ in: read('in.csv'), out: ['sinks/none'] }, [['in', 'out']])
  const { code, stdout, stderr } = await run([...args, '--json'], { cwd: place.folder })
  expect(code, stderr).toBe(2)
  const { status, problems } = JSON.parse(stdout) as { status: string; problems: { message: string; hint?: string }[] }
  expect(status).toBe('refused')
  expect(problems.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n')).toMatch(why)
  expect(place.exists('.headrace/runs')).toBe(false)
})

test('two sinks that write one file are refused before a row is read', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 3)
  const file = place.pipeline(
    { in: read('in.csv'), a: ['sinks/csv', { path: 'out/rows' }], b: ['sinks/ndjson', { path: './out/rows' }] },
    [
      ['in', 'a'],
      ['in', 'b'],
    ],
  )
  const { running, problems } = await startRun({ file })
  expect(running).toBeNull()
  expect(problems).toMatchObject([{ code: 'same-output', place: { node: 'b', setting: 'path' } }])
})

test('a sink that refuses when it is opened ends the run with code 2, and nothing is there to be resumed', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 3)
  const file = place.pipeline({ in: read('in.csv'), out: ['sinks/sleepy', { refuse: true }] }, [['in', 'out']])
  const { code, stdout, stderr } = await run(['run', file])
  expect(code, stderr).toBe(2)
  expect(stderr).toMatch(/error: out: this output is refused/)
  expect(stdout).not.toMatch(/resume/)
})

test('a reader that leaves early ends nothing: the rows are stored, and no stack is printed', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 3)
  const out: [string, object] = ['sinks/ndjson', { path: 'out.ndjson' }]
  const file = place.pipeline({ in: read('in.csv'), out }, [['in', 'out']])
  const line = `{ "${headrace}" run "${file}"; echo "code $?" >&2; } | true`
  expect((await start('sh', ['-c', line]).ended).stderr).toBe('code 0\n')
  expect(place.rows('out.ndjson').length).toBe(3)
})
