import { expect, test } from 'vitest'
import { ndjson } from '../engine/replaying.ts'
import { Workplace } from '../engine/workplace.ts'
import { traceOne } from './tracing.ts'

test('the row that dedupe kept in place of another is named; where a file of the run has changed it is not known', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n,text\n1,a\n2,b\n')
  place.write('more.csv', 'n,text\n3,c\n1,d\n')
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      more: ['sources/csv', { path: 'more.csv' }],
      once: ['transforms/dedupe', { key: 'n' }],
      out: ndjson('out.ndjson'),
    },
    [
      ['in', 'once'],
      ['more', 'once'],
      ['once', 'out'],
    ],
  )
  const { folder } = await place.run(file)
  expect((await traceOne(folder, 'more.csv:2')).fates).toMatchObject([
    { fate: 'filtered', sentence: 'filtered by once: in:in.csv:1 has the same n 1 and was kept' },
  ])
  place.write('in.csv', 'n,text\n9,a\n2,bb\n')
  expect((await traceOne(folder, 'more.csv:2')).fates).toMatchObject([
    {
      fate: 'unknown',
      node: 'once',
      sentence: expect.stringMatching(/needs all rows: in\.csv had \d+ bytes and now has/),
    },
  ])
})

test('a node beside the pipeline is said to be taken alone', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n\n1\n2\n')
  place.write(
    'nodes/every-second.ts',
    `import { maskOf, transform, Type } from '@headrace/runtime/sdk'
export default transform({
  title: 'Every second',
  description: 'Keeps every second row.',
  config: Type.Object({}),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input }) {
    let seen = 0
    for await (const batch of input) {
      const before = seen
      seen += batch.rows
      yield batch.where(maskOf(batch.scope, batch.rows, (row) => (before + row) % 2 === 1))
    }
  },
})
`,
  )
  const file = place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], second: ['./nodes/every-second', {}], out: ndjson('out.ndjson') },
    [
      ['in', 'second'],
      ['second', 'out'],
    ],
  )
  const { folder } = await place.run(file)
  const { fates } = await traceOne(folder, 'in.csv:2')
  expect(fates).toMatchObject([{ sentence: expect.stringContaining('taken alone') }])
})
