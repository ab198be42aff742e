import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run, start } from './command.ts'

/** A pipeline whose model ends the process on some numbers. */
function crashing(place: Workplace, rows: number, config: object, settings: object = {}): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      model: ['models/abort', { calls: 'calls', ...config }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'model'],
      ['model', 'out'],
    ],
    settings,
  )
}

const without = (rows: number, ...poison: number[]) =>
  Array.from({ length: rows }, (_, i) => i + 1).filter((n) => !poison.includes(n))

test('a row in 512 that ends the process is found by restarts: 511 arrive, one is rejected, in at most 20 calls', async () => {
  const place = new Workplace()
  const pipeline = crashing(place, 512, { poison: [311] })
  const { code, stdout, stderr } = await run(['run', pipeline, '--json'])
  expect(code, stderr).toBe(3)
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ status: 'done', balanced: true, deadLetters: { count: 1 } })
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(without(512, 311))
  const calls = place.lines('calls')
  expect(calls.length).toBeLessThanOrEqual(20)
  expect(report.restarts).toBe(calls.filter((line) => line.endsWith('crashes')).length)
  expect(report.restarts).toBeGreaterThan(0)
  const [letter] = place.rows(`.headrace/runs/${report.runId}/dead-letters.ndjson`)
  expect(letter).toMatchObject({
    n: 311,
    _node: 'model',
    _identity: 'in:in.csv:311',
    _code: 'crashed',
    _message: "The row crashed the run's process in model (SIGABRT).",
  })
  expect(stderr).toMatch(/crashed \(SIGABRT\) in model, at work on 512 rows: it looks for the row/)
}, 120_000)

test('of two sessions at work, the call that ends the process is told from the other by one call more at a time', async () => {
  const place = new Workplace()
  const config = { poison: [100], rows: 64, milliseconds: 100 }
  const { code, stdout, stderr } = await run(['run', crashing(place, 512, config, { workers: 2 }), '--json'])
  expect(code, stderr).toBe(3)
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ status: 'done', balanced: true, deadLetters: { count: 1 } })
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(without(512, 100))
  expect(stderr).toMatch(/in model, at work on 64 rows or model, at work on 64 rows: it looks for the row/)
  const [letter] = place.rows(`.headrace/runs/${report.runId}/dead-letters.ndjson`)
  expect(letter).toMatchObject({ n: 100, _code: 'crashed' })
  // The two of the first crash, the one of them alone, and its halves.
  expect(report.restarts).toBeLessThanOrEqual(2 + Math.log2(64))
}, 120_000)

test.each(['write', 'commit'])(
  'a row that ends the process in the %s of a sink is found by restarts, and stored never',
  async (where) => {
    const place = new Workplace()
    place.numbers('in.csv', 512)
    const pipeline = place.pipeline(
      {
        in: ['sources/csv', { path: 'in.csv' }],
        out: ['sinks/picky', { path: 'out.txt', calls: 'calls', where, how: 'crash', poison: [480] }],
      },
      [['in', 'out']],
    )
    const { code, stdout, stderr } = await run(['run', pipeline, '--json'])
    expect(code, stderr).toBe(3)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ status: 'done', balanced: true, rows: { stored: 511, rejected: 1 } })
    expect(place.lines('out.txt').map(Number)).toEqual(without(512, 480))
    const calls = place.lines('calls')
    expect(calls.length).toBeLessThanOrEqual(20)
    expect(report.restarts).toBe(calls.filter((line) => line.endsWith('fails')).length)
    expect(place.rows(`.headrace/runs/${report.runId}/dead-letters.ndjson`)).toMatchObject([
      { n: 480, _node: 'out', _code: 'crashed', _message: "The row crashed the run's process in out (SIGSEGV)." },
    ])
  },
  120_000,
)

test('after so many restarts as it may take the run fails in words, and can be resumed', async () => {
  const place = new Workplace()
  const pipeline = crashing(place, 512, { poison: [511], signal: 'SIGILL' })
  const env = { HEADRACE_RESTARTS: '1' }
  const { code, stdout, stderr } = await run(['run', pipeline, '--json'], { env })
  expect(code, stderr).toBe(1)
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({
    status: 'failed',
    restarts: 1,
    error: {
      code: 'crashed',
      message: expect.stringMatching(
        /^the run's process crashed \(SIGILL\) 2 times, the last time in model, .* restarts? itself 1 time at most$/,
      ),
      hint: expect.stringMatching(/headrace resume/),
    },
  })
  expect(place.exists('out.ndjson')).toBe(false)
  const resumed = await run(['resume', pipeline, '--json'])
  expect(resumed.code, resumed.stderr).toBe(3)
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'done', runId: report.runId, deadLetters: { count: 1 } })
  expect(place.lines('calls').length, 'what is known from the first start is not tried again').toBeLessThanOrEqual(20)
}, 120_000)

test('a process that somebody ends is not started again, and its call is not to blame', async () => {
  const place = new Workplace()
  const pipeline = crashing(place, 512, { poison: [400], signal: 'SIGKILL' })
  expect(await run(['run', pipeline])).toMatchObject({ code: null, signal: 'SIGKILL' })
  expect(place.lines('calls')).toEqual(['512 crashes'])
  const mended = place.lines('pipeline.json').join('\n')
  expect(mended).toContain('SIGKILL')
  expect(await run(['resume', pipeline])).toMatchObject({ signal: 'SIGKILL' })
  expect(place.lines('calls')).toEqual(['512 crashes', '512 crashes'])
}, 120_000)

test('who waits for a run ends with it and it with them: kill -9, SIGINT while it looks for the row', async () => {
  const place = new Workplace()
  const pipeline = crashing(place, 512, { poison: [480] })
  const first = start(headrace, ['run', pipeline, '--json'])
  await until(() => place.exists('calls') && place.lines('calls').length > 1)
  first.child.kill('SIGKILL')
  await first.ended
  // The work is under the lock of a process that is about to end.
  const second = start(headrace, ['resume', pipeline, '--json'])
  const before = place.lines('calls').length
  await until(() => place.lines('calls').length > before + 1)
  second.child.kill('SIGINT')
  const stopped = await second.ended
  // Between two processes nobody finishes anything: then the signal itself ends it.
  expect(stopped.code ?? stopped.signal, stopped.stderr).toSatisfy(
    (end) => end === 130 || end === 'SIGINT' || end === 3,
  )
  const last = await run(['resume', pipeline, '--json'])
  expect(last.code === 3 || stopped.code === 3, last.stderr).toBe(true)
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(without(512, 480))
}, 120_000)

test('a crash while no model and no sink is at work ends the run in words, and can be resumed', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 100)
  const pipeline = place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], die: ['transforms/die', { how: 'signal' }], out: ['sinks/sleepy'] },
    [
      ['in', 'die'],
      ['die', 'out'],
    ],
  )
  const { code, stdout, stderr } = await run(['run', pipeline, '--json'])
  expect(code, stderr).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'failed',
    restarts: 0,
    deadLetters: { count: 0 },
    error: {
      code: 'crashed',
      message: expect.stringMatching(/crashed \(SIGBUS\), and no model and no sink was at work/),
    },
  })
  expect(stderr).toMatch(/headrace resume/)
}, 120_000)

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(20)
}
