import { expect, test } from 'vitest'
import { Schema } from '../pipeline/schema.ts'
import { parseType } from '../pipeline/types.ts'
import type { ColumnType } from '../sdk/index.ts'
import { valueFromJson } from '../text/parsevalue.ts'
import { type Difference, differences } from './compare.ts'
import type { Wants } from './expected.ts'

/** Compares one expected value with one that was found. */
function compared(name: string, expected: unknown, found: unknown, tolerance = 1e-9): Difference[] {
  const type = parseType(name) as ColumnType
  const schema = new Schema([{ name: 'v', type }])
  const wanted =
    typeof expected === 'object' && expected !== null && 'length' in expected && !Array.isArray(expected)
      ? { is: 'vector' as const, head: [], ...(expected as { length: number }) }
      : { is: 'value' as const, value: valueFromJson(type, expected) }
  const expectation = { rows: [], columns: null, counts: {}, anyOrder: false, tolerance, path: [], rowsPath: [] }
  const wants: Wants = {
    spot: { at: 'n', node: 'n', port: '', enters: false, expectation },
    schema,
    rows: [{ cells: [{ name: 'v', type, wanted, json: 0 }], json: {} }],
    columns: null,
  }
  return differences(wants, { schema, rows: [{ v: valueFromJson(type, found) }], counts: {} })
}

test.each([
  ['float64', 0.3, 0.1 + 0.2],
  ['float64', 1e20, 1e20 + 1e9],
  ['float64', 'NaN', 'NaN'],
  ['float64', 'Infinity', 'Infinity'],
  ['float64', null, null],
  ['int64', '9007199254740993', '9007199254740993'],
  ['decimal(10, 2)', '1.5', '1.50'],
  ['timestamp(ms, UTC)', '2026-11-05T09:00:00+01:00', '2026-11-05T08:00:00Z'],
  ['list<float64>', [0.3, null], [0.1 + 0.2, null]],
  ['float64[2]', { length: 2, head: [0.3] }, [0.1 + 0.2, 9]],
  ['struct<a: int64>', { a: 1 }, { a: 1 }],
  ['binary', 'AAEC', 'AAEC'],
])('%s: %j is found as %j', (type, expected, found) => {
  expect(compared(type, expected, found)).toEqual([])
})

test.each([
  ['float64', 1, 'Infinity'],
  ['float64', 'Infinity', '-Infinity'],
  ['float64', 0, 'NaN'],
  ['float64', 0, null],
  ['float64', null, 0],
  ['float64', 0.3, 0.3001],
  ['int64', '9007199254740993', '9007199254740992'],
  ['string', '1', '1 '],
  ['bool', true, false],
  ['list<int64>', [1, 2], [2, 1]],
  ['float64[2]', { length: 3 }, [1, 2]],
  ['float64[2]', { length: 2, head: [1.1] }, [1, 2]],
  ['struct<a: int64>', { a: 1 }, { a: null }],
])('%s: %j is not %j', (type, expected, found) => {
  expect(compared(type, expected, found)).toHaveLength(1)
})

test('a tolerance lets numbers lie apart, in proportion above 1', () => {
  expect(compared('float64', 1000, 1009, 0.01)).toEqual([])
  expect(compared('float64', 1000, 1011, 0.01)).toHaveLength(1)
  expect(compared('int64', 1000, 1001, 0.01)).toHaveLength(1)
})
