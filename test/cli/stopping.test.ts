import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run, start } from './command.ts'

/** A pipeline whose parts take a while each, so that a signal finds it at work. */
function slowly(place: Workplace, sink: [string, object]): string {
  place.numbers('in.csv', 250_000)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 150, hold: place.hold() }],
      out: sink,
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
}

const ndjson: [string, object] = ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'fail' }]

async function untilCommitted(place: Workplace): Promise<void> {
  for (;;) {
    const [id] = place.exists('.headrace/runs') ? place.list('.headrace/runs') : []
    const ledger = `.headrace/runs/${id}/ledger`
    if (id && place.exists(ledger) && place.lines(ledger).some((line) => line.includes('"commit"'))) return
    await setTimeout(10)
  }
}

const expected = Array.from({ length: 250_000 }, (_, i) => i + 1)

test('SIGINT finishes what is in flight and ends with 130; resume ends with the rows of an undisturbed run', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, ndjson)
  const { child, ended } = start(headrace, ['run', pipeline, '--json'])
  await untilCommitted(place)
  child.kill('SIGINT')
  const stopped = await ended
  expect(stopped.code).toBe(130)
  expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'stopped', exitCode: 130, balanced: true })
  expect(stopped.stderr).toMatch(/headrace resume/)
  expect(place.exists('out.ndjson'), 'nothing under its final name yet').toBe(false)
  place.release()
  const resumed = await run(['resume', pipeline, '--json'])
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    status: 'done',
    nodes: { in: { in: 250_000 }, out: { out: 250_000 } },
  })
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(expected)
  const again = await run(['resume', pipeline])
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('finished already') })
})

test('after kill -9 a resume stores every row once', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, ndjson)
  const { child, ended } = start(headrace, ['run', pipeline])
  await untilCommitted(place)
  child.kill('SIGKILL')
  await ended
  expect(place.exists('out.ndjson')).toBe(false)
  place.release()
  const resumed = await run(['resume', pipeline])
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(expected)
})

test('a second SIGINT ends at once, also with 130', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, ['sinks/sleepy', { milliseconds: 3000, marker: 'began' }])
  const { child, ended } = start(headrace, ['run', pipeline])
  while (!place.exists('began')) await setTimeout(20)
  child.kill('SIGINT')
  await setTimeout(300)
  child.kill('SIGINT')
  const { code, signal } = await ended
  // A shell shows 130 for a process that SIGINT ended.
  expect(code ?? (signal === 'SIGINT' ? 130 : signal)).toBe(130)
})

test('SIGTERM ends with 143, SIGHUP with 129 however often it comes; both are resumable', async () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const place = new Workplace()
    const pipeline = slowly(place, ndjson)
    const { child, ended } = start(headrace, ['run', pipeline, '--json'])
    await untilCommitted(place)
    child.kill(signal)
    // A terminal that closes says so twice.
    if (signal === 'SIGHUP') child.kill(signal)
    const stopped = await ended
    expect(stopped, stopped.stderr).toMatchObject({ code, signal: null })
    expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'stopped', exitCode: code, balanced: true })
    expect(place.exists('out.ndjson')).toBe(false)
    place.release()
    expect(await run(['resume', pipeline])).toMatchObject({ code: 0 })
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(expected)
  }
})

test('a signal before the first row leaves no run, no output and no process', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, ndjson)
  for (const milliseconds of [0, 150, 300]) {
    const { child, ended } = start(headrace, ['run', pipeline])
    await setTimeout(milliseconds)
    child.kill('SIGTERM')
    const { code, signal } = await ended
    expect([code, signal]).toSatisfy(([one, other]) => one === 143 || other === 'SIGTERM')
    expect(place.exists('out.ndjson')).toBe(false)
    // One that had begun by then is stopped as any other.
    const { stdout } = await run(['runs', pipeline, '--json'])
    for (const { status } of JSON.parse(stdout || '[]') as { status: string }[])
      expect(['stopped', 'unfinished']).toContain(status)
  }
})

test('a changed source or pipeline is refused at resume, and named', async () => {
  const place = new Workplace()
  const pipeline = slowly(place, ndjson)
  const { child, ended } = start(headrace, ['run', pipeline])
  await untilCommitted(place)
  child.kill('SIGINT')
  await ended
  const before = place.lines('pipeline.json').join('\n')
  place.write('pipeline.json', before.replace('"milliseconds": 150', '"milliseconds": 151'))
  expect(await run(['resume', pipeline])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/slow: milliseconds was 150 when run \S+ started and is 151 now/),
  })
  place.write('pipeline.json', before)
  place.write('in.csv', `${place.lines('in.csv').join('\n')}\n9,more\n`)
  expect(await run(['resume', pipeline])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/in\.csv had \d+ bytes and now has \d+/),
  })
})

test.each(['SIGINT', 'SIGKILL'] as const)(
  'a model with two sessions that is stopped (%s) and resumed stores every row once, in order',
  async (signal) => {
    const place = new Workplace()
    place.numbers('in.csv', 40_000)
    const pipeline = place.pipeline(
      {
        in: ['sources/csv', { path: 'in.csv' }],
        model: ['models/picky', { milliseconds: 30 }],
        out: ndjson,
      },
      [
        ['in', 'model'],
        ['model', 'out'],
      ],
      { workers: 2 },
    )
    const { child, ended } = start(headrace, ['run', pipeline, '--json'])
    await untilCommitted(place)
    child.kill(signal)
    expect(await ended).toMatchObject(signal === 'SIGINT' ? { code: 130 } : { signal })
    const { code, stdout, stderr } = await run(['resume', pipeline, '--json'])
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'done', models: { model: '2 sessions of picky' } })
    const rows = place.rows('out.ndjson')
    expect(rows.map(({ n }) => n)).toEqual(expected.slice(0, 40_000))
    expect(rows.every(({ n, twice }) => twice === (n as number) * 2)).toBe(true)
  },
)
