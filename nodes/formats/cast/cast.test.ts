import {
  type ColumnType,
  columnOf,
  fixed,
  list,
  Pool,
  parseType,
  Scope,
  struct,
  types,
  valueAt,
} from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { castBetween, castColumn } from './cast.ts'

/** Casts values; a failure shows as its reason. */
function cast(from: ColumnType | string, to: ColumnType | string, ...values: unknown[]): unknown[] {
  const [source, target] = [from, to].map((type) => (typeof type === 'string' ? parseType(type) : type)) as [
    ColumnType,
    ColumnType,
  ]
  const scope = new Scope(new Pool(1 << 24))
  const way = castBetween(source, target)
  if (!way) throw new Error('no cast')
  const { column, failures } = castColumn(scope, way, columnOf(scope, source, values), 'c', target)
  expect(column.length).toBe(values.length)
  const results: unknown[] = values.map((_, row) => valueAt(column, row))
  for (const { row, message } of failures) results[row] = message.replace(/.*\) is no [^:]*: /, '')
  return results
}

test('text becomes numbers of every size, with all digits', () => {
  expect(cast('string', 'int8', '-128', '127', ' 5 ', null, '12.00', '+7')).toEqual([-128, 127, 5, null, 12, 7])
  expect(cast('string', 'int64', '9007199254740993', '-9223372036854775808')).toEqual([9007199254740993n, -(2n ** 63n)])
  expect(cast('string', 'uint64', '18446744073709551615')).toEqual([2n ** 64n - 1n])
  expect(cast('string', 'float64', '1.1', '-0.1', '1e3', '.5', '123456789.123456789', 'NaN', '-inf', '5.')).toEqual([
    1.1,
    -0.1,
    1000,
    0.5,
    123456789.12345679,
    Number.NaN,
    -Infinity,
    5,
  ])
  expect(cast('string', 'decimal(10, 2)', '12.5', '-0.05', '+1')).toEqual([1250n, -5n, 100n])
  expect(cast('string', 'bool', 'true', 'NO', '1', 'x')).toEqual([
    true,
    false,
    true,
    'only true, false, yes, no, 1 and 0 are',
  ])
})

test('text that is no such number says why', () => {
  expect(cast('string', 'int8', '128', 'x', '', '1.5', '1e3', '--1', '1.2.3')).toEqual([
    'it is not between -128 and 127',
    'it is not a number',
    'it is not a number',
    'it is not a whole number',
    'it is not a number',
    'it is not a number',
    'it is not a number',
  ])
  expect(cast('string', 'float32', '12,5', '.', '-', '0x10')).toEqual(Array(4).fill('it is not a number'))
  expect(cast('string', 'decimal(4, 1)', '1.25', '12345')).toEqual([
    'it has more than 1 decimal places',
    'it has more than 4 digits',
  ])
})

test('numbers narrow only where nothing is lost but a float’s last digits', () => {
  expect(cast('int64', 'int32', 2n ** 31n - 1n, 2n ** 31n)).toEqual([
    2147483647,
    'it is not between -2147483648 and 2147483647',
  ])
  expect(cast('float64', 'int64', 2 ** 62, 2 ** 63, -(2 ** 63), 1.5, Number.NaN)).toEqual([
    2n ** 62n,
    `it is not between ${-(2n ** 63n)} and ${2n ** 63n - 1n}`,
    -(2n ** 63n),
    'it is not a whole number',
    'it is not a whole number',
  ])
  expect(cast('int8', 'uint64', -1, 5, null)).toEqual(['it is not between 0 and 18446744073709551615', 5n, null])
  expect(cast('float64', 'float32', 0.1, 1e300, Infinity)).toEqual([
    Math.fround(0.1),
    'it is larger than 3.4028234663852886e+38',
    Infinity,
  ])
  expect(cast('float16', 'float64', 1.5, 65504)).toEqual([1.5, 65504])
  expect(cast('float64', 'float16', 1.5, 70000)).toEqual([1.5, 'it is larger than 65504'])
  expect(cast('bool', 'int32', true, false, null)).toEqual([1, 0, null])
  expect(cast('int32', 'bool', 1, 0, 2)).toEqual([true, false, 'only 0 and 1 are'])
})

test('decimals keep their digits', () => {
  expect(cast('decimal(10, 2)', 'decimal(12, 4)', 1250n)).toEqual([125000n])
  expect(cast('decimal(10, 2)', 'int32', 1200n, 1250n)).toEqual([12, 'it is not a whole number'])
  expect(cast('decimal(10, 2)', 'float64', 110n, -5n)).toEqual([1.1, -0.05])
  expect(cast('float64', 'decimal(10, 2)', 0.1, 2.675, -1.5, 1e9, Number.NaN)).toEqual([
    10n,
    267n,
    -150n,
    'it has more than 10 digits',
    'it is not finite',
  ])
  expect(cast('int64', 'decimal(38, 10)', 12345678901234567n)).toEqual([123456789012345670000000000n])
})

test('dates, times and timestamps', () => {
  expect(cast('string', 'date', '1970-01-02', '2024-02-29', '2023-02-29', '0001-01-01')).toEqual([
    1,
    19782,
    'it is not a date as ISO 8601 writes it; use derive with date(text, format)',
    -719162,
  ])
  expect(
    cast('string', 'timestamp(ms)', '1970-01-01T00:00:01.5Z', '1970-01-01 01:00+01:00', '1970-01-02', 'x'),
  ).toEqual([1500n, 0n, 86_400_000n, 'it is not a timestamp as ISO 8601 writes it; use derive with date(text, format)'])
  expect(cast('string', 'time', '23:59:59.000001', '24:00')).toEqual([
    86_399_000_001n,
    'it is not a time of day like 23:59:59',
  ])
  expect(cast('date', 'timestamp(s)', 1, -1)).toEqual([86_400n, -86_400n])
  expect(cast('timestamp(ms)', 'date', -1n, 86_400_000n)).toEqual([-1, 1])
  expect(cast('timestamp(ms)', 'time', -1n)).toEqual([86_399_999_000n])
  expect(cast('timestamp(ns)', 'timestamp(ms)', 1_999_999n, -1n)).toEqual([1n, -1n])
  expect(cast('timestamp(s)', 'timestamp(ns)', 10n ** 12n)[0]).toMatch(/not between/)
  // 23:30 UTC is the next day in Berlin, summer and winter.
  const berlin = 'timestamp(s, Europe/Berlin)'
  expect(
    cast(berlin, 'date', BigInt(Date.UTC(2024, 6, 1, 22, 30) / 1000), BigInt(Date.UTC(2024, 0, 1, 22, 30) / 1000)),
  ).toEqual([19906, 19723])
  expect(cast('int64', 'timestamp(s)', 5n)).toEqual([5n])
  expect(cast('date', 'int32', 5)).toEqual([5])
})

test('everything becomes text', () => {
  expect(cast('int64', 'string', -(2n ** 63n), null)).toEqual(['-9223372036854775808', null])
  expect(cast('float64', 'string', 0.1, 1e21, Number.NaN)).toEqual(['0.1', '1e+21', null])
  expect(cast('float32', 'string', 0.1)).toEqual(['0.1'])
  expect(cast('decimal(10, 2)', 'string', 1250n)).toEqual(['12.50'])
  expect(cast('date', 'string', 19782)).toEqual(['2024-02-29'])
  expect(cast('timestamp(ms, UTC)', 'string', 1500n)).toEqual(['1970-01-01T00:00:01.500Z'])
  const nested = struct([{ name: 'a', type: list(types.int64) }])
  expect(cast(nested, 'string', { a: [2n ** 60n, null] })).toEqual(['{"a":[1152921504606846976,null]}'])
  expect(cast('binary', 'string', Buffer.from('größe'), Buffer.from([0xff]))).toEqual([
    'größe',
    'its bytes are not valid UTF-8',
  ])
  expect(cast('string', 'binary', 'ä')).toEqual([Uint8Array.of(0xc3, 0xa4)])
})

test('lists become vectors of their length, and their items are cast', () => {
  const vector = fixed(types.float32, 2)
  expect(cast(list(types.float64), vector, [1, 2], null, [1], [3, 4])).toEqual([
    [1, 2],
    null,
    'it has 1 items, not 2',
    [3, 4],
  ])
  expect(cast(list(types.string), list(types.int8), ['1', null], ['x'], [])).toEqual([
    [1, null],
    'item 1: it is not a number',
    [],
  ])
  expect(cast(vector, list(types.float64), [1, 2], null)).toEqual([[1, 2], null])
  expect(cast('string', vector, '[0.5, 1]', '[1]', 'x', null)).toEqual([
    [0.5, 1],
    'it has 1 items, not 2',
    'it is not a JSON array',
    null,
  ])
  expect(cast('string', list(types.int64), '[9007199254740993, null]')).toEqual([[9007199254740993n, null]])
  expect(
    cast(
      struct([{ name: 'a', type: types.int8 }]),
      struct([
        { name: 'b', type: types.string },
        { name: 'a', type: types.string },
      ]),
      { a: 1 },
    ),
  ).toEqual([{ b: null, a: '1' }])
})

test('a column of nulls becomes nulls of any type', () => {
  for (const to of ['int8', 'string', 'bool', 'decimal(4, 1)', 'list<int8>', 'float32[3]', 'struct<a: int8>', 'time']) {
    expect(cast('null', to, null, null)).toEqual([null, null])
  }
})

test('there is no way between types that mean different things', () => {
  for (const [from, to] of [
    ['bool', 'date'],
    ['struct<a: int8>', 'list<int8>'],
    ['binary', 'int8'],
    ['float32[2]', 'float32[3]'],
    ['float64', 'timestamp'],
    ['timestamp(us, Nowhere)', 'date'],
  ]) {
    expect(castBetween(parseType(from as string) as ColumnType, parseType(to as string) as ColumnType)).toBeNull()
  }
})
