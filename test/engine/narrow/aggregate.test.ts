import { expect, test } from 'vitest'
import { Workplace } from '../workplace.ts'

/** A source of four parts, of which one has a zero; it notes which columns it is asked for. */
const source = `
import { appendFileSync } from 'node:fs'
import { columnOf, source, Type, types } from '@headrace/runtime/sdk'

const fields = [
  { name: 'note', type: types.string }, { name: 'n', type: types.int64 },
  { name: 'more', type: types.string }, { name: 'lang', type: types.string },
]
export default source({
  title: 'Counted',
  description: 'Notes what is read of it.',
  config: Type.Object({ log: Type.String() }),
  examples: [],
  probe: async () => ({ columns: fields, files: [] }),
  mayLeaveOut: () => ['note', 'more', 'n', 'lang'],
  splits: async () => [0, 1, 2, 3].map((at) => ({
    parts: [{ path: 'x', start: at * 2, end: at * 2 + 2, firstRow: at * 2 + 1, rows: 2 }], rows: 2, bytes: 1,
  })),
  async *read({ config, split, wanted, batch, scope, resolve }) {
    const [{ start, firstRow }] = split.parts
    appendFileSync(resolve(config.log), (start / 2) + ' ' + (wanted ? [...wanted].join() : 'all') + '\\n')
    const values = { note: ['a', 'b'], n: [BigInt(start), start === 2 ? 0n : 1n], more: ['c', 'd'], lang: ['de', 'fr'] }
    const columns = fields.map(({ name, type }) => wanted?.has(name) === false ? null : columnOf(scope, type, values[name]))
    yield batch('x', firstRow, 2, columns)
  },
})
`

test('an aggregate makes the same of parts that were read with and without the columns that it does not look at', async () => {
  const place = new Workplace()
  place.write('nodes/counted.ts', source)
  const file = place.pipeline(
    {
      in: ['./nodes/counted', { log: 'log.txt' }],
      keep: ['transforms/filter', { where: 'div(10, n) >= 0' }],
      totals: [
        'transforms/aggregate',
        { by: ['lang'], columns: { sum: 'sum(n)', rows: 'count()', first: 'first(n)' } },
      ],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'keep'],
      ['keep', 'totals'],
      ['totals', 'out'],
    ],
    { errorLimit: '100%', deadLetters: 10 },
  )
  const report = await place.run(file, { workers: 1 })
  expect(report.status).toBe('done')
  // Row 1 of part 0 and row 2 of part 1 are divided by zero: those parts are taken again whole, and the one behind them.
  expect(place.lines('log.txt')).toEqual(['0 n,lang', '0 all', '1 all', '2 all', '3 n,lang'])
  expect(place.rows('out.ndjson')).toEqual([
    { lang: 'fr', sum: 3, rows: 3, first: 1 },
    { lang: 'de', sum: 12, rows: 3, first: 2 },
  ])
  expect(report.nodes['totals']).toMatchObject({ in: 6, out: 2, parents: 6 })
  expect(report.nodes['keep']).toMatchObject({ in: 8, rejected: 2 })
})
