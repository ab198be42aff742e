import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { run } from './command.ts'

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

test.each(['write', 'commit'])(
  'a row that ends the process in the %s of a sink is found by restarts, and stored never',
  async (where) => {
    const place = new Workplace()
    place.numbers('in.csv', 512)
    const pipeline = place.pipeline(
      {
        in: ['sources/csv', { path: 'in.csv' }],
        out: ['sinks/picky', { path: 'out.txt', calls: 'calls', where, how: 'crash', poison: [200] }],
      },
      [['in', 'out']],
    )
    const { code, stdout, stderr } = await run(['run', pipeline, '--json'])
    expect(code, stderr).toBe(3)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ status: 'done', balanced: true, rows: { stored: 511, rejected: 1 } })
    expect(place.lines('out.txt').map(Number)).toEqual(without(512, 200))
    const calls = place.lines('calls')
    expect(calls.length).toBeLessThanOrEqual(20)
    expect(report.restarts).toBe(calls.filter((line) => line.endsWith('fails')).length)
    expect(place.rows(`.headrace/runs/${report.runId}/dead-letters.ndjson`)).toMatchObject([
      { n: 200, _node: 'out', _code: 'crashed', _message: "The row crashed the run's process in out (SIGSEGV)." },
    ])
  },
  120_000,
)
