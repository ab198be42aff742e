import { decimal, timestamp, types } from '@headrace/runtime/sdk'
import { runTable } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import aggregate from './aggregate.ts'

const fields = [
  { name: 'land', type: types.string },
  { name: 'n', type: types.int64 },
  { name: 'Preis, €', type: types.float64 },
  { name: 'at', type: timestamp('s') },
  { name: 'd', type: decimal(10, 2) },
]
const splits = [
  [
    { land: 'de', n: 1n, 'Preis, €': 0.1, at: 5n, d: 1n },
    { land: null, n: null, 'Preis, €': null, at: null, d: null },
    { land: 'ch', n: 5n, 'Preis, €': 2, at: 1n, d: 250n },
  ],
  [{ land: 'de', n: 3n, 'Preis, €': 0.2, at: 2n, d: 99n }],
]
const run = (columns: Record<string, string>, by = ['land'], rows = splits) =>
  runTable(aggregate, { by, columns }, { '': { fields, splits: rows } })

test('groups come in the order of their first rows and are called by their columns', async () => {
  const ran = await run({
    rows: 'count()',
    known: 'count(n)',
    n: 'sum(n)',
    euro: 'sum("Preis, €")',
    last: 'last(at)',
    least: 'min(at)',
    all: 'list(n)',
    d: 'sum(d)',
    different: 'countDistinct(n)',
    deviation: 'stddev(n)',
    upper: 'quantile(n, 0.75)',
  })
  expect(ran.problems).toEqual([])
  expect(ran.rows).toEqual([
    {
      land: 'de',
      rows: 2n,
      known: 2n,
      n: 4n,
      euro: 0.1 + 0.2,
      last: 2n,
      least: 2n,
      all: [1n, 3n],
      d: 100n,
      different: 2n,
      deviation: Math.SQRT2,
      upper: 2.5,
    },
    {
      land: null,
      rows: 1n,
      known: 0n,
      n: null,
      euro: null,
      last: null,
      least: null,
      all: [null],
      d: null,
      different: 0n,
      deviation: null,
      upper: null,
    },
    {
      land: 'ch',
      rows: 1n,
      known: 1n,
      n: 5n,
      euro: 2,
      last: 1n,
      least: 1n,
      all: [5n],
      d: 250n,
      different: 1n,
      deviation: null,
      upper: 5,
    },
  ])
  expect(ran.identities).toEqual(['test:land=de:1', 'test:land=null:2', 'test:land=ch:3'])
})

test('without groups one row leaves, also of no rows', async () => {
  const ran = await run({ rows: 'count()', texts: 'join(land, "; ")' }, [])
  expect(ran.rows).toEqual([{ rows: 4n, texts: 'de; ch; de' }])
  expect((await run({ rows: 'count()', texts: 'join(land)' }, [], [[], []])).rows).toEqual([{ rows: 0n, texts: null }])
  expect((await run({ rows: 'count()' }, ['land'], [[]])).rows).toEqual([])
})

test('a sum of whole numbers that does not fit into 64 bits stops the run', async () => {
  const row = { land: 'de', n: 2n ** 63n - 1n, 'Preis, €': 0, at: 0n, d: 0n }
  await expect(run({ n: 'sum(n)' }, ['land'], [[row, row]])).rejects.toThrow(/out of range/)
})

test.for([
  ['sum(land)', 'sum takes numbers, column "land" is string'],
  ['summe(n)', 'there is no function "summe"'],
  ['n', '"n" is no function of a column'],
  ['sum(m)', 'there is no column "m"'],
  ['quantile(n)', 'quantile takes a number from 0 to 1 behind the column, not ""'],
  ['any(n)', 'any takes true and false, column "n" is int64'],
])('%s is a problem under its column', async ([written, message]) => {
  const ran = await run({ x: written as string })
  expect(ran.problems).toMatchObject([{ message, place: { setting: 'columns.x' } }])
})
