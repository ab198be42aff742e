import fc from 'fast-check'
import { expect } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { done, told, traceOne } from './tracing.ts'

/** A pipeline over `in.csv` (and `more.csv`), whose sinks are NDJSON files. */
export interface Shape {
  readonly name: string
  readonly nodes: Record<string, [string, object]>
  readonly edges: readonly (readonly [string, string])[]
  readonly sinks: readonly string[]
  /** Rejected rows that are taken by an edge are no dead letters. */
  readonly rejectsTaken?: readonly string[]
  readonly limit?: number
  /** Rounds in `npm test`: where DuckDB is asked, few. */
  readonly rounds: number
}

const source: [string, object] = ['sources/csv', { path: 'in.csv', types: { n: 'int64', by: 'int64', text: 'string' } }]
const out = (name: string): [string, object] => ['sinks/ndjson', { path: `${name}.ndjson` }]

/** Pipelines of several shapes: conditions, ways, pieces, all rows together, limits. */
export const shapes: readonly Shape[] = [
  {
    name: 'filter, derive that rejects, route to several, an edge of rejected rows',
    nodes: {
      in: source,
      keep: ['transforms/filter', { where: 'n % 3 != 0' }],
      share: ['transforms/derive', { columns: { share: 'div(n, by)' } }],
      ways: [
        'transforms/route',
        {
          match: 'all',
          routes: [
            { port: 'even', where: 'n % 2 == 0' },
            { port: 'low', where: 'n < 20' },
          ],
        },
      ],
      a: out('a'),
      b: out('b'),
      bad: out('bad'),
    },
    edges: [
      ['in', 'keep'],
      ['keep', 'share'],
      ['share', 'ways'],
      ['ways.even', 'a'],
      ['ways.low', 'a'],
      ['ways.low', 'b'],
      ['in.rejects', 'bad'],
    ],
    rounds: 4,
    sinks: ['a', 'b', 'bad'],
    rejectsTaken: ['in'],
  },
  {
    name: 'pieces, of which some go on, and a fan-out that meets again',
    nodes: {
      in: source,
      words: ['transforms/chunk', { column: 'text', by: 'characters', size: 8, overlap: 0 }],
      some: ['transforms/sample', { fraction: 0.6, seed: 3 }],
      long: ['transforms/filter', { where: 'size(text) > 4' }],
      a: out('a'),
    },
    edges: [
      ['in', 'words'],
      ['words', 'some'],
      ['words', 'long'],
      ['some', 'a'],
      ['long', 'a'],
    ],
    rounds: 4,
    sinks: ['a'],
  },
  {
    name: 'dedupe and sort of two sources, the first of them, then a filter',
    nodes: {
      in: source,
      more: ['sources/csv', { path: 'more.csv', types: { n: 'int64', by: 'int64', text: 'string' } }],
      once: ['transforms/dedupe', { key: 'by' }],
      order: ['transforms/sort', { by: ['n'] }],
      first: ['transforms/sample', { first: 4 }],
      keep: ['transforms/filter', { where: 'n % 2 == 1' }],
      a: out('a'),
      b: out('b'),
    },
    edges: [
      ['in', 'once'],
      ['more', 'once'],
      ['once', 'order'],
      ['order', 'first'],
      ['first', 'a'],
      ['order', 'keep'],
      ['keep', 'b'],
    ],
    rounds: 1,
    sinks: ['a', 'b'],
  },
  {
    name: 'a join with another source, and groups of what it gives',
    nodes: {
      in: source,
      more: ['sources/csv', { path: 'more.csv', types: { n: 'int64', by: 'int64', text: 'string' } }],
      both: ['transforms/join', { keys: ['by'], how: 'inner' }],
      groups: ['transforms/aggregate', { by: ['by'], columns: { rows: 'count()' } }],
      a: out('a'),
      b: out('b'),
    },
    edges: [
      ['in', 'both.left'],
      ['more', 'both.right'],
      ['both', 'a'],
      ['in', 'groups'],
      ['groups', 'b'],
    ],
    rounds: 1,
    sinks: ['a', 'b'],
  },
  {
    name: 'the first rows of a source, by --limit',
    nodes: { in: source, keep: ['transforms/filter', { where: 'n % 2 == 0' }], a: out('a') },
    edges: [
      ['in', 'keep'],
      ['keep', 'a'],
    ],
    rounds: 4,
    sinks: ['a'],
    limit: 9,
  },
]

/** A line of a CSV file with the columns n, by and text: some are no rows. */
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4 }), fc.stringMatching(/^[a-z ]{0,30}$/))
      .map(([n, by, text]) => `${n},${by},"${text}"`),
  },
  { weight: 1, arbitrary: fc.constant('x,1,"a word"') },
  { weight: 1, arbitrary: fc.constant('7,2') },
)

/** Runs a shape over random rows and traces some of them: what each trace tells is what the run did. */
export async function fatesAgree(
  { nodes, edges, sinks, rejectsTaken = [], limit }: Shape,
  rounds: number,
): Promise<void> {
  const lines = fc.array(line, { minLength: 6, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(lines, lines, fc.infiniteStream(fc.nat()), async (some, more, picks) => {
      const place = new Workplace()
      const text = (rows: readonly string[]) => `n,by,text\n1,1,"the first row"\n${rows.join('\n')}\n`
      place.write('in.csv', text(some))
      place.write('more.csv', text(more))
      const file = place.pipeline(nodes, edges, { errorLimit: '100%' })
      const { folder } = await place.run(file, { lineage: true, limit: limit ?? null })
      const files = Object.fromEntries(sinks.map((sink) => [sink, `${sink}.ndjson`]))
      const { stored, rejected } = done(place, folder, files)
      for (let i = 0; i < 6; i++) {
        const row = 1 + ((picks.next().value as number) % (some.length + 1))
        const own = (one: string) => new RegExp(`^\\S+ in:in\\.csv:${row}(?![0-9])`).test(one)
        const traced = await traceOne(folder, `in:in.csv:${row}`)
        const { stored: kept, rejected: lost } = told(traced)
        const letters = lost.filter((one) => !rejectsTaken.some((node) => one.startsWith(`${node} `)))
        // A group's row is one that the run stored; the others are all that come from this row.
        expect(stored).toEqual(expect.arrayContaining(kept.filter((one) => !own(one))))
        expect(kept.filter(own), `row ${row}`).toEqual(stored.filter(own).sort())
        expect(letters).toEqual(rejected.filter(own).sort())
        const fates = traced.fates.map(({ fate }) => fate)
        expect(fates).not.toContain('unknown')
        expect(fates.length, 'every row ends somewhere').toBeGreaterThan(0)
        if (kept.length === 0 && letters.length === 0) expect(fates).toContain(lost.length ? 'rejected' : 'filtered')
      }
    }),
    { numRuns: rounds, endOnFailure: true },
  )
}
