import { types } from '@headrace/runtime/sdk'
import { runTable } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import sql from './sql.ts'

const orders = {
  fields: [
    { name: 'id', type: types.int64 },
    { name: 'Preis €', type: types.float64 },
    { name: 'lang', type: types.string },
  ],
  splits: [
    [
      { id: 1n, 'Preis €': 2.5, lang: 'de' },
      { id: 2n, 'Preis €': null, lang: null },
    ],
    [{ id: 3n, 'Preis €': 1, lang: 'de' }],
  ],
}

const run = (query: string, inputs = { '': orders } as Parameters<typeof runTable>[2]) =>
  runTable(sql, { query }, inputs)

test('a query keeps its order, and its rows are numbered', async () => {
  const ran = await run(
    'SELECT lang, sum("Preis €") AS euro, count(*) AS n FROM input GROUP BY 1 ORDER BY n DESC, lang;',
  )
  expect(ran.problems).toEqual([])
  expect(ran.rows).toEqual([
    { lang: 'de', euro: 3.5, n: 2n },
    { lang: null, euro: null, n: 1n },
  ])
  expect(ran.identities).toEqual(['test::1', 'test::2'])
})

test('a query that only picks rows keeps the order of the source', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => ({ id: BigInt(i), 'Preis €': i, lang: 'x' }))
  const splits = [rows.slice(0, 10_000), rows.slice(10_000)]
  const ran = await run('FROM input SELECT id WHERE id % 3 = 0 -- all of them', { '': { ...orders, splits } })
  expect(ran.rows.map(({ id }) => id)).toEqual(rows.filter(({ id }) => id % 3n === 0n).map(({ id }) => id))
})

test.for([
  ['SELECT foo FROM input', 'Referenced column "foo" not found', [7, 10]],
  ["SELECT 'ä', lang, foo FROM input", 'Referenced column "foo" not found', [18, 21]],
  ['SELEC 1', 'syntax error at or near "SELEC"', [0, 5]],
  ['SELECT * FROM inputs', 'there is no input called "inputs"', [14, 20]],
  ['SELECT 1 AS a; SELECT 2 AS b', 'the query has 2 statements', undefined],
  ["COPY input TO '/tmp/x.csv'", 'no files and no network', undefined],
  ["ATTACH '/tmp/x.db' AS x", 'not ATTACH', undefined],
  ['INSTALL httpfs', 'not INSTALL', undefined],
  ['SET threads = 1', 'not SET', undefined],
  ['PRAGMA version', 'not PRAGMA', undefined],
  ['EXPLAIN SELECT 1 AS a', 'not EXPLAIN', undefined],
  ['INSERT INTO input VALUES (1, 2, 3)', 'not', undefined],
  ['DROP VIEW input', 'not DROP', undefined],
  ['CREATE TABLE x AS SELECT 1', 'not CREATE', undefined],
  ["SELECT * FROM read_csv('/etc/passwd')", 'no files and no network', [14, 22]],
  ["SELECT * FROM read_text('/etc/passwd')", 'no files and no network', [14, 23]],
  ["SELECT * FROM glob('/etc/*')", 'no files and no network', [14, 18]],
  ["SELECT * FROM 'x.parquet'", 'no files and no network', undefined],
  ["SELECT * FROM '/etc/passwd'", 'there is no input called "/etc/passwd"', [14, 27]],
  ["SELECT * FROM 'https://example.com/x.csv'", 'no files and no network', undefined],
  ["SELECT * FROM sniff_csv('/etc/passwd')", 'only a SELECT', undefined],
  ["SELECT * FROM sqlite_scan('a', 'b')", 'no files and no network', undefined],
  ["SELECT getenv('HOME') AS h", 'getenv', [7, 13]],
  ['SELECT id, id FROM input', 'two columns of the result are called "id"', undefined],
  ['SELECT union_value(a := 1) AS u', 'has a type that no column can have', undefined],
  ['', 'no statement', undefined],
  ['-- nothing', 'no statement', undefined],
] as const)('%s is refused before a run', async ([query, message, span]) => {
  const refused = await run(query).catch((error: unknown) => error)
  expect(refused).toMatchObject({ name: 'HeadraceError', place: { setting: 'query', ...(span && { span }) } })
  expect((refused as Error).message).toContain(message)
  expect((refused as Error).message).not.toMatch(/\n|LINE 1/)
})
