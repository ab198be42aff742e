import { startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { Workplace } from './workplace.ts'

const wide = 'x'.repeat(2000)

/** A CSV of about 40 MB. */
function large(place: Workplace): void {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i + 1},${wide}`)
  place.write('in.csv', `n,text\n${rows.join('\n')}\n`)
}

test('with a sink that sleeps the source stops reading, and memory stays under the cap', async () => {
  const place = new Workplace()
  large(place)
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      more: ['transforms/derive', { columns: { twice: 'text + text' } }],
      out: ['sinks/sleepy', { milliseconds: 60 }],
    },
    [
      ['in', 'more'],
      ['more', 'out'],
    ],
    { workers: 2, memory: '48MB' },
  )
  const ahead: number[] = []
  const { running } = await startRun({
    file,
    onProgress: ({ nodes }) => ahead.push((nodes['in']?.out ?? 0) - (nodes['out']?.in ?? 0)),
  })
  const report = await running?.done
  expect(report).toMatchObject({ exitCode: 0, nodes: { out: { out: 20_000 } } })
  expect(report?.memory.highest).toBeLessThan(48e6)
  // A batch of these rows is about 1 MB, 500 rows: never more than a few are on their way.
  expect(ahead.length).toBeGreaterThan(2)
  expect(Math.max(...ahead)).toBeLessThan(3000)
})

test('where two ways meet again, what the later one has not taken waits in a file, not in memory', async () => {
  const place = new Workplace()
  large(place)
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      first: ['transforms/derive', { columns: { way: '1' } }],
      second: ['transforms/derive', { columns: { way: '2' } }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
    },
    [
      ['in', 'first'],
      ['in', 'second'],
      ['first', 'out'],
      ['second', 'out'],
    ],
    { workers: 1, memory: '32MB' },
  )
  const report = await place.run(file)
  expect(report).toMatchObject({
    exitCode: 0,
    balanced: true,
    nodes: { in: { out: 20_000 }, out: { in: 40_000, out: 40_000 } },
  })
  expect(report.memory.highest).toBeLessThan(32e6)
  const ways = place.rows('out.ndjson').map(({ n, way }) => `${n}:${way}`)
  expect(ways).toEqual([1, 2].flatMap((way) => Array.from({ length: 20_000 }, (_, i) => `${i + 1}:${way}`)))
})
