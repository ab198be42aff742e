import { expect, test } from 'vitest'
import { Workplace } from './workplace.ts'

const sink: [string, object] = ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }]

function through(place: Workplace, node: [string, object], rows = 1000): string {
  place.numbers('in.csv', rows)
  return place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], node, out: sink },
    [
      ['in', 'node'],
      ['node', 'out'],
    ],
    { workers: 2 },
  )
}

test.each(['exit', 'stray'])(
  'a worker that goes away (%s) fails the run at once, and nothing is stored',
  async (how) => {
    const place = new Workplace()
    const report = await place.run(through(place, ['transforms/die', { how }], 250_000))
    expect(report).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'worker-died' } })
    expect(report.error?.message).toMatch(how === 'exit' ? /code 7/ : /nobody awaits me/)
    expect(place.exists('out.ndjson')).toBe(false)
  },
)

test('a model that does not open fails the run and names the node', async () => {
  const place = new Workplace()
  const report = await place.run(through(place, ['models/picky', { how: 'closed' }]))
  expect(report).toMatchObject({
    status: 'failed',
    exitCode: 1,
    error: { message: 'the model file is damaged', place: { node: 'node' } },
  })
})

test('one row that makes the model fail is rejected; all others arrive, and no byte was copied on the way', async () => {
  const place = new Workplace()
  const report = await place.run(through(place, ['models/picky', { poison: 311 }]))
  expect(report).toMatchObject({ exitCode: 3, balanced: true, deadLetters: { count: 1 }, memory: { copied: 0 } })
  const rows = place.rows('out.ndjson')
  expect(rows.length).toBe(999)
  expect(rows.every(({ n, twice }) => twice === (n as number) * 2)).toBe(true)
  const [dead] = place.rows(report.deadLetters.file?.slice(place.folder.length + 1) as string)
  expect(dead).toMatchObject({
    n: 311,
    text: 'text 311',
    _node: 'node',
    _identity: 'in:in.csv:311',
    _code: 'model-failed',
    _message: 'poison among 1 rows',
  })
})

test('a model that never answers is a fault after its timeout: tried again, then the run fails, resumable', async () => {
  const place = new Workplace()
  const report = await place.run(through(place, ['models/picky', { how: 'silent', timeout: '200ms' }], 10))
  expect(report).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'timeout', place: { node: 'node' } } })
})

test('a model that cannot reach its service is tried four times, and none of its rows is rejected', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 300)
  const pipeline = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      model: ['models/picky', { how: 'refused', calls: 'calls' }],
      out: ['sinks/none'],
    },
    [
      ['in', 'model'],
      ['model', 'out'],
    ],
    { workers: 1 },
  )
  const report = await place.run(pipeline)
  expect(report).toMatchObject({
    status: 'failed',
    exitCode: 1,
    deadLetters: { count: 0 },
    error: { code: 'ECONNREFUSED', fault: true },
  })
  expect(place.lines('calls')).toEqual(['300', '300', '300', '300'])
})

test('a model that fails on everything stops the run as soon as the limit of rejected rows says so', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 30_000)
  const pipeline = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      model: ['models/picky', { from: 1, calls: 'calls' }],
      out: ['sinks/none'],
    },
    [
      ['in', 'model'],
      ['model', 'out'],
    ],
    { workers: 1, errorLimit: 40 },
  )
  const report = await place.run(pipeline)
  expect(report).toMatchObject({
    status: 'failed',
    exitCode: 1,
    error: { code: 'error-limit', place: { node: 'model' } },
  })
  expect(place.lines('calls').length).toBeLessThan(100)
})
