import { expect, test } from 'vitest'
import { csv, left, replay } from '../replaying.ts'
import { Nights } from '../stored/nights.ts'
import { Workplace } from '../workplace.ts'
import { cells } from './cells.ts'
import { catchLiar, expectCaught } from './lying.ts'

// Nodes that lie about their rows: in a first run, when it is resumed, and honest at last. The others of the table are
// in test/long/lies.long.ts.
for (const cell of cells.filter(({ often }) => often)) test(`caught: ${cell.name}`, async () => await catchLiar(cell))

test('caught in a replay of rejected rows, which stay where they are until the liar is honest', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 40)
  const honest = place.path('honest')
  const pipeline = (share: string) =>
    place.pipeline(
      {
        in: csv('in.csv'),
        share: ['transforms/derive', { columns: { share } }],
        liar: ['transforms/lie', { how: 'drop', at: 31, honest }],
        out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
      },
      [
        ['in', 'share'],
        ['share', 'liar'],
        ['liar', 'out'],
      ],
      { deadLetters: 10 },
    )
  const report = await place.run(pipeline('div(60, n - 31)'))
  expect(report).toMatchObject({ exitCode: 0, balanced: true, deadLetters: { count: 1 } })
  pipeline('div(60, n)')
  expectCaught(await replay(report.folder), 'transforms/lie')
  expect(left(report.folder).length).toBe(1)
  place.write('honest', '')
  expect(await replay(report.folder)).toMatchObject({ exitCode: 0, balanced: true, rows: { in: 1, stored: 1 } })
  expect(left(report.folder)).toEqual([])
  expect(
    place
      .rows('out.ndjson')
      .map(({ n }) => n)
      .sort(),
  ).toEqual(Array.from({ length: 40 }, (_, i) => i + 1).sort())
})

test('caught in a run over new files alone, which are new until the liar is honest', async () => {
  const place = new Nights({}, { liar: ['transforms/lie', { how: 'swap', at: 31, honest: 'unused' }] })
  place.draw({}, { liar: ['transforms/lie', { how: 'swap', at: 31, honest: place.path('honest') }] })
  place.put('a', 1, 2, 3)
  expect(await place.night()).toMatchObject({ status: 'done', filesNew: 1 })
  place.put('b', 30, 31, 32)
  expectCaught((await place.night()) as Parameters<typeof expectCaught>[0], 'transforms/lie')
  expect(place.stored()).toEqual([1, 2, 3])
  place.write('honest', '')
  expect(await place.night({}, {})).toMatchObject({ status: 'done', balanced: true })
  expect(place.stored()).toEqual([1, 2, 3, 30, 31, 32])
})

test('a node before one that had enough may not double rows either', async () => {
  const place = new Workplace()
  const file = place.pipeline(
    {
      in: ['sources/lie', {}],
      liar: ['transforms/lie', { how: 'double', at: 1 }],
      first: ['transforms/sample', { first: 60 }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'liar'],
      ['liar', 'first'],
      ['first', 'out'],
    ],
  )
  expectCaught(await place.run(file), 'transforms/lie')
})
