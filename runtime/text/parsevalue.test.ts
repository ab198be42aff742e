import { expect, test } from 'vitest'
import { batchOf, Identity, Pool, Scope } from '../memory/index.ts'
import { type ColumnType, decimal, fixed, list, struct, timestamp, types } from '../pipeline/types.ts'
import { textBy } from './buffer.ts'
import { jsonWriter } from './json.ts'
import { valueFromJson } from './parsevalue.ts'

const cases: readonly (readonly [ColumnType, unknown])[] = [
  [types.bool, true],
  [types.int8, -128],
  [types.uint32, 4294967295],
  [types.int64, 9223372036854775807n],
  [types.uint64, 18446744073709551615n],
  [types.float64, 0.1],
  [types.float32, 0.5],
  [decimal(12, 2), -1250n],
  [decimal(38, 10), 1n],
  [types.string, 'größer "x"'],
  [types.binary, Buffer.from([0, 255])],
  [types.date, 20000],
  [types.date, -800000],
  [types.time, 45_000_250_001n],
  [types.timestamp, -1n],
  [timestamp('ns', 'UTC'), 1_700_000_000_000_000_001n],
  [timestamp('s'), 253402300800n],
  [list(types.int64), [1n, null]],
  [fixed(types.float32, 2), [0.5, -1]],
  [
    struct([
      { name: 'a', type: decimal(5, 1) },
      { name: 'b', type: list(types.date) },
    ]),
    { a: 15n, b: [1, null] },
  ],
]

test('every value that a run writes as JSON reads back as it was', () => {
  const scope = new Scope(new Pool(1 << 20))
  for (const [type, value] of cases) {
    const batch = batchOf(scope, [{ name: 'x', type }], [{ x: value }, {}], new Identity({ node: 'a', path: '' }, 2, 1))
    const json = (row: number) => textBy((out) => jsonWriter(batch.column(0), { notFinite: 0 })(out, row))
    const parsed: unknown = JSON.parse(json(0), (_, one: unknown, { source }: { source?: string } = {}) =>
      typeof one === 'number' && source && !Number.isSafeInteger(one) && /^-?\d+$/.test(source) ? BigInt(source) : one,
    )
    const again = batchOf(
      scope,
      [{ name: 'x', type }],
      [{ x: valueFromJson(type, parsed) }],
      batch.identity.slice(0, 1),
    )
    expect(again.row(0)).toEqual(batch.row(0))
    expect(valueFromJson(type, JSON.parse(json(1)))).toBe(null)
  }
  scope.close()
})

test('what is no value of the type says so', () => {
  const wrong: readonly (readonly [ColumnType, unknown])[] = [
    [types.int64, 1.5],
    [types.int8, 128],
    [types.uint8, -1],
    [types.float64, '12,5'],
    [types.bool, 'true'],
    [decimal(4, 2), '123.45'],
    [decimal(4, 2), '1.234'],
    [types.date, '2026-02-30'],
    [types.timestamp, '2026-02-03T10:00:00Z'],
    [timestamp('us', 'UTC'), '2026-02-03T10:00:00'],
    [types.time, '25:00'],
    [types.string, 5],
    [fixed(types.float32, 3), [1]],
    [struct([]), []],
  ]
  for (const [type, json] of wrong) expect(() => valueFromJson(type, json)).toThrow(/ is no /)
  expect(() => valueFromJson(types.float64, '12,5')).toThrow('"12,5" is no float64')
})

test('a mended number may be written as a text', () => {
  expect(valueFromJson(types.float64, '12.5')).toBe(12.5)
  expect(valueFromJson(types.int64, '42')).toBe(42n)
  expect(valueFromJson(decimal(9, 2), 12.5)).toBe(1250n)
})
