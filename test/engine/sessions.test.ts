import { expect, test } from 'vitest'
import { Workplace } from './workplace.ts'

function doubling(place: Workplace, config: object, settings: object): string {
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      model: ['models/picky', { milliseconds: 20, opened: 'opened', ...config }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'model'],
      ['model', 'out'],
    ],
    settings,
  )
}

test('a model with several sessions gives the rows of one session, in the same order, and no byte is copied', async () => {
  const outputs: string[][] = []
  for (const sessions of ['one', 'several']) {
    const place = new Workplace()
    place.numbers('in.csv', 20_000)
    const report = await place.run(doubling(place, { sessions, poison: 4711 }, { workers: 3, deadLetters: 1 }))
    expect(report).toMatchObject({ exitCode: 0, balanced: true, deadLetters: { count: 1 }, memory: { copied: 0 } })
    expect(place.lines('opened')).toEqual(sessions === 'one' ? ['3'] : ['1', '1', '1'])
    expect(report.models).toEqual({ model: sessions === 'one' ? 'picky' : '3 sessions of picky' })
    outputs.push(place.lines('out.ndjson'))
  }
  expect(outputs[0]?.length).toBe(19_999)
  expect(outputs[1]).toEqual(outputs[0])
})

test('a session that does not open fails the run once, with what it says', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 100)
  const report = await place.run(doubling(place, { how: 'closed' }, { workers: 2 }))
  expect(report).toMatchObject({
    exitCode: 1,
    error: { message: 'the model file is damaged', place: { node: 'model' } },
  })
  expect(place.exists('out.ndjson')).toBe(false)
})
