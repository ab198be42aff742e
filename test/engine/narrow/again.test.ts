import { expect, test } from 'vitest'
import type { Snapshot } from '../../../runtime/engine/snapshot.ts'
import { Workplace } from '../workplace.ts'

/** A source of six parts, of which three have a zero; it notes which columns it is asked for. */
const source = `
import { appendFileSync } from 'node:fs'
import { columnOf, source, Type, types } from '@headrace/runtime/sdk'

export default source({
  title: 'Counted',
  description: 'Counts how often it is read.',
  config: Type.Object({ log: Type.String() }),
  examples: [],
  probe: async () => ({ columns: [{ name: 'n', type: types.int64 }, { name: 'note', type: types.string }], files: [] }),
  mayLeaveOut: () => ['note'],
  splits: async () => [0, 1, 2, 3, 4, 5].map((at) => ({
    parts: [{ path: 'x', start: at * 2, end: at * 2 + 2, firstRow: at * 2 + 1, rows: 2 }], rows: 2, bytes: 1,
  })),
  async *read({ config, split, wanted, batch, scope, resolve }) {
    const [{ start, firstRow }] = split.parts
    appendFileSync(resolve(config.log), (start / 2) + ' ' + (wanted ? [...wanted].join() : 'all') + '\\n')
    const n = [BigInt(start), start === 2 || start === 4 ? 0n : 1n]
    const note = wanted?.has('note') === false ? null : columnOf(scope, types.string, ['a', 'b'])
    yield batch('x', firstRow, 2, [columnOf(scope, types.int64, n), note])
  },
})
`

test('a part with a rejected row is read again with all columns, and the next one at once; live counts count it once', async () => {
  const place = new Workplace()
  place.write('nodes/counted.ts', source)
  const file = place.pipeline(
    {
      in: ['./nodes/counted', { log: 'log.txt' }],
      keep: ['transforms/filter', { where: 'div(10, n) >= 0' }],
      pick: ['transforms/select', { columns: ['n'] }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'keep'],
      ['keep', 'pick'],
      ['pick', 'out'],
    ],
    { errorLimit: '100%', deadLetters: 10 },
  )
  let live: Snapshot | undefined
  const report = await place.run(file, { workers: 1, onProgress: (sample) => void (live = sample) })
  expect(report.status).toBe('done')
  expect(place.lines('log.txt')).toEqual(['0 n', '0 all', '1 all', '2 all', '3 all', '4 n', '5 n'])
  expect(report.nodes['in']).toMatchObject({ in: 12, out: 12 })
  expect(report.nodes['keep']).toMatchObject({ in: 12, parents: 9, rejected: 3 })
  expect(live?.nodes['in']).toMatchObject({ in: 12, out: 12 })
  expect(live?.nodes['keep']).toMatchObject({ in: 12, rejected: 3 })
  expect(live?.edges.map(({ rows }) => rows)).toEqual([12, 9, 9])
})
