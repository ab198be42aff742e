import { expect, test } from 'vitest'
import { Account, batchOf, columnOf, Identity, Pool, Scope } from '../memory/index.ts'
import { type ColumnType, decimal, fixed, list, struct, timestamp, types } from '../pipeline/types.ts'
import { pageOf, pageOfRows } from './page.ts'

const origin = { node: 'emoji', path: 'emoji.csv' }

/** The cells of values of one type, read from a batch. */
function cells(type: ColumnType, ...values: unknown[]) {
  const scope = new Scope(new Pool(64 << 20))
  const rows = values.map((value) => ({ x: value }))
  const page = pageOf(batchOf(scope, [{ name: 'x', type }], rows, new Identity(origin, rows.length, 1)))
  scope.close()
  return page.rows.map(([cell]) => cell)
}

test('numbers, bools and nulls are as they are; 64 bits, decimals and times are exact texts', () => {
  expect(cells(types.null, null)).toEqual([null])
  expect(cells(types.bool, true, false, null)).toEqual([true, false, null])
  for (const type of [types.int8, types.int16, types.int32]) expect(cells(type, -7, null)).toEqual([-7, null])
  for (const type of [types.uint8, types.uint16, types.uint32]) expect(cells(type, 200, 0)).toEqual([200, 0])
  expect(cells(types.int64, 9007199254740993n, null)).toEqual(['9007199254740993', null])
  expect(cells(types.uint64, 18446744073709551615n)).toEqual(['18446744073709551615'])
  expect(cells(decimal(30, 2), 123456789012345678901234n)).toEqual(['1234567890123456789012.34'])
  expect(cells(types.date, 20000, null)).toEqual(['2024-10-04', null])
  expect(cells(types.time, 45_000_250_000n)).toEqual(['12:30:00.250'])
  expect(cells(types.timestamp, 1_700_000_000_000_001n)).toEqual(['2023-11-14T22:13:20.000001'])
  expect(cells(timestamp('s', 'UTC'), 0n)).toEqual(['1970-01-01T00:00:00Z'])
})

test('a float is as short as its type, and what is no number is a text', () => {
  expect(cells(types.float32, 0.1)).toEqual([0.1])
  expect(cells(types.float16, 0.1, Infinity)).toEqual([0.1, 'Infinity'])
  expect(cells(types.float64, 0.1, NaN, -Infinity, null)).toEqual([0.1, 'NaN', '-Infinity', null])
})

test('a text over 2,000 characters is its head and its length, and no pair of surrogates is torn', () => {
  expect(cells(types.string, 'ab', 'ü'.repeat(2000))).toEqual(['ab', 'ü'.repeat(2000)])
  expect(cells(types.string, 'ü'.repeat(2001))).toEqual([{ text: 'ü'.repeat(500), length: 2001 }])
  expect(cells(types.string, 'a'.repeat(1 << 20))).toEqual([{ text: 'a'.repeat(500), length: 1 << 20 }])
  expect(cells(types.string, 'ü'.repeat(1 << 20))).toEqual([{ text: 'ü'.repeat(500), length: 1 << 20 }])
  expect(cells(types.string, `a${'😀'.repeat(3000)}`)).toEqual([{ text: `a${'😀'.repeat(249)}`, length: 6001 }])
})

test('bytes are their number and a head', () => {
  expect(cells(types.binary, new Uint8Array(1000).fill(255))).toEqual([{ bytes: 1000, head: '/'.repeat(64) }])
})

test('a vector is its dimension, norm and a sketch; one with a NaN shows its numbers', () => {
  const vector = new Array(1536).fill(0.5)
  const [cell] = cells(fixed(types.float32, 1536), vector)
  expect(cell).toEqual({ vector: 1536, norm: 19.5959, sketch: new Array(24).fill(0.5) })
  expect(cells(list(types.float64), new Array(17).fill(1))).toEqual([
    { vector: 17, norm: 4.12311, sketch: new Array(17).fill(1) },
  ])
  expect(cells(fixed(types.uint8, 32), new Array(32).fill(3))[0]).toMatchObject({ vector: 32 })
  expect(cells(list(types.float64), [NaN, ...new Array(17).fill(1)])[0]).toMatchObject({
    json: expect.stringMatching(/^\["NaN",1,/),
  })
})

test('short lists and structs are JSON, with all digits of an int64; long ones a head', () => {
  expect(cells(list(types.int64), [9007199254740993n, null])).toEqual([{ json: '[9007199254740993,null]', length: 23 }])
  const nested = struct([
    { name: 'a b', type: types.string },
    { name: 'at', type: types.date },
    { name: 'raw', type: types.binary },
    { name: 'p', type: fixed(types.float32, 2) },
  ])
  const json = '{"a b":"x\\"y","at":"1970-01-02","raw":"/w==","p":[0.1,"NaN"]}'
  expect(cells(nested, { 'a b': 'x"y', at: 1, raw: new Uint8Array([255]), p: [0.1, NaN] })).toEqual([
    { json, length: json.length },
  ])
  const [long] = cells(list(types.int32), new Array(1_000_000).fill(12345)) as [{ json: string; length: number }]
  expect(long.json).toBe(`[${'12345,'.repeat(84)}`.slice(0, 500))
  expect(long.length / 6_000_000).toBeCloseTo(1, 2)
  expect(cells(list(types.string), ['y'.repeat(100_000)])).toEqual([{ json: `["${'y'.repeat(498)}`, length: 100_004 }])
})

test('a page has names, types, identities and at most 200 rows, and allocates nothing', () => {
  const pool = new Pool(64 << 20)
  const scope = new Scope(pool, new Account())
  const fields = [
    { name: 'n', type: types.int64 },
    { name: 'v', type: fixed(types.float32, 384) },
  ]
  const rows = Array.from({ length: 1000 }, (_, i) => ({ n: BigInt(i), v: new Array(384).fill(i) }))
  const batch = batchOf(scope, fields, rows, new Identity(origin, rows.length, 1))
  const odd = batch.where(
    columnOf(
      scope,
      types.bool,
      rows.map(({ n }) => n % 2n === 1n),
    ),
  )
  const before = pool.held
  const page = pageOf(odd, { total: 12_345, at: 250 })
  expect(pool.held).toBe(before)
  expect(page).toMatchObject({
    columns: [
      { name: 'n', type: 'int64' },
      { name: 'v', type: 'float32[384]' },
    ],
    total: 12_345,
    at: 250,
  })
  expect(page.rows).toHaveLength(200)
  expect(page.rows[1]?.[0]).toBe('3')
  expect(page.identities[1]).toBe('emoji:emoji.csv:4')
  expect(pageOf(odd, { rows: 3 }).rows).toHaveLength(3)
  const pieces = batch.slice(0, 2).explode(new Int32Array([0, 0, 1]), [])
  expect(pageOf(pieces).identities).toEqual(['emoji:emoji.csv:1.0', 'emoji:emoji.csv:1.1', 'emoji:emoji.csv:2.0'])
  scope.close()
})

test('plain rows give the same cells', () => {
  const fields = [
    { name: '_distance', type: types.float64 },
    { name: 'id', type: types.int64 },
    { name: 'tags', type: list(types.string) },
    { name: 'vector', type: list(types.float32) },
  ]
  const rows = [
    { _distance: 0.25, id: 7, tags: ['a', 'b'], vector: new Array(20).fill(1) },
    { _distance: NaN, id: 9007199254740993n, tags: null },
  ]
  const page = pageOfRows(fields, rows)
  expect(page.rows).toEqual([
    [0.25, '7', { json: '["a","b"]', length: 9 }, { vector: 20, norm: 4.47214, sketch: new Array(20).fill(1) }],
    ['NaN', '9007199254740993', null, null],
  ])
  expect(page.total).toBe(2)
})
