import { expect, test } from 'vitest'
import { Workplace } from './workplace.ts'

/** A pipeline whose sink fails on some numbers. */
function poisoned(place: Workplace, rows: number, config: object, settings: object = { workers: 1 }): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], out: ['sinks/picky', { path: 'out.txt', calls: 'calls', ...config }] },
    [['in', 'out']],
    settings,
  )
}

const without = (rows: number, ...poison: number[]) =>
  Array.from({ length: rows }, (_, i) => i + 1).filter((n) => !poison.includes(n))
const stored = (place: Workplace) => place.lines('out.txt').map(Number)
const letters = (place: Workplace, id: string) => place.rows(`.headrace/runs/${id}/dead-letters.ndjson`)

test.each([
  ['write', [311]],
  ['commit', [311]],
  ['write', [1]],
  ['commit', [512]],
] as const)(
  'a bulk insert in %s that fails on row %s of 512: 511 arrive, one is rejected, in at most 20 calls',
  async (where, poison) => {
    const place = new Workplace()
    const report = await place.run(poisoned(place, 512, { where, poison }))
    expect(report).toMatchObject({ status: 'done', exitCode: 3, balanced: true, rows: { stored: 511, rejected: 1 } })
    expect(stored(place)).toEqual(without(512, ...poison))
    expect(place.lines('calls').length).toBeLessThanOrEqual(20)
    expect(letters(place, report.runId)).toMatchObject([
      {
        n: poison[0],
        _node: 'out',
        _identity: `in:in.csv:${poison[0]}`,
        _code: 'sink-failed',
        _message: `n=${poison[0]} is refused`,
      },
    ])
  },
)

test('two rows at fault, rows that the sink rejects by itself, and parts that are stored together', async () => {
  const place = new Workplace()
  // Three parts, which reach one commit.
  const pipeline = poisoned(place, 250_000, { where: 'commit', poison: [7, 130_000], batch: 50_000 })
  const report = await place.run(pipeline)
  expect(report).toMatchObject({ status: 'done', exitCode: 3, balanced: true, rows: { in: 250_000, rejected: 7 } })
  const own = [50_000, 100_000, 150_000, 200_000, 250_000]
  expect(stored(place)).toEqual(without(250_000, 7, 130_000, ...own))
  expect(
    letters(place, report.runId)
      .map(({ n, _code }) => `${n} ${_code}`)
      .sort(),
  ).toEqual([...own.map((n) => `${n} own`), '7 sink-failed', '130000 sink-failed'].sort())
})

test('rows that a sink refuses at its end come to the node behind its rejects, also where that one stores ahead', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 250_000)
  const pipeline = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      out: ['sinks/picky', { path: 'out.txt', calls: 'calls', poison: [3, 240_000], batch: 100_000 }],
      bad: ['sinks/ndjson', { path: 'bad.ndjson' }],
    },
    [
      ['in', 'out'],
      ['out.rejects', 'bad'],
    ],
    { workers: 2 },
  )
  const report = await place.run(pipeline)
  expect(report).toMatchObject({ status: 'done', exitCode: 0, balanced: true, deadLetters: { count: 0 } })
  expect(stored(place)).toEqual(without(250_000, 3, 240_000, 100_000, 200_000))
  expect(
    place
      .rows('bad.ndjson')
      .map(({ n, _code }) => `${n} ${_code}`)
      .sort(),
  ).toEqual(['100000 own', '200000 own', '240000 sink-failed', '3 sink-failed'])
})

test.each(['write', 'commit'])(
  'a sink that takes no row in %s is broken: the run fails with its words after a few calls',
  async (where) => {
    const place = new Workplace()
    const report = await place.run(poisoned(place, 5000, { where, from: 1 }))
    expect(report).toMatchObject({ status: 'failed', exitCode: 1, deadLetters: { count: 0 } })
    expect(report.error).toMatchObject({
      message: expect.stringMatching(/^none of 8 rows could be stored, each tried alone: n=\d is refused/),
      place: { node: 'out' },
    })
    expect(place.lines('calls').length).toBeLessThanOrEqual(40)
    expect(stored(place)).toEqual([])
  },
)

test('with an errorLimit of its own the pipeline says how many rows may fail', async () => {
  const place = new Workplace()
  const report = await place.run(poisoned(place, 20, { where: 'commit', from: 1 }, { errorLimit: '100%' }))
  expect(report).toMatchObject({ status: 'done', exitCode: 3, deadLetters: { count: 20 }, balanced: true })
  const limited = new Workplace()
  const stopped = await limited.run(poisoned(limited, 5000, { where: 'commit', from: 1 }, { errorLimit: 5 }))
  expect(stopped).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'error-limit' } })
  expect(limited.lines('calls').length).toBeLessThanOrEqual(40)
})

test('what the store refuses in words of its own is no row: the call is not halved', async () => {
  const place = new Workplace()
  const report = await place.run(poisoned(place, 512, { where: 'commit', poison: [9], how: 'refuse' }))
  expect(report).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'wrong-password' } })
  expect(place.lines('calls')).toEqual(['512 fails'])
})

test.each(['write', 'commit'])(
  'a store that cannot be reached in %s is tried four times, and no row is rejected',
  async (where) => {
    const place = new Workplace()
    const report = await place.run(poisoned(place, 512, { where, poison: [9], how: 'fault' }))
    expect(report).toMatchObject({
      status: 'failed',
      exitCode: 1,
      deadLetters: { count: 0 },
      error: { code: 'ECONNREFUSED', fault: true, place: { node: 'out' } },
    })
    expect(place.lines('calls')).toEqual(['512 fails', '512 fails', '512 fails', '512 fails'])
  },
)
