import { expect, test } from 'vitest'
import { parseType } from '../pipeline/types.ts'
import type { ColumnType } from '../sdk/index.ts'
import { valueFromJson } from '../text/parsevalue.ts'
import { jsonOf } from './found.ts'

test.each([
  ['int32', 5],
  ['int64', 9007199254740991],
  ['int64', '9223372036854775807'],
  ['uint64', '18446744073709551615'],
  ['float64', 0.1],
  ['float64', 'NaN'],
  ['float64', '-Infinity'],
  ['float32', 0.1],
  ['float16', 0.5],
  ['bool', true],
  ['string', 'ä"\n'],
  ['binary', 'AAEC'],
  ['decimal(10, 2)', '-12.50'],
  ['date', '2026-11-05'],
  ['time', '08:30:00.250'],
  ['timestamp', '2026-11-05T08:30:00'],
  ['timestamp(ms, UTC)', '2026-11-05T08:30:00.125Z'],
  ['list<int64>', [1, null, 3]],
  ['float32[2]', [0.1, 0.25]],
  ['struct<a: int64, b: string>', { a: 1, b: null }],
  ['int64', null],
])('a %s is written as %j and read back as the same', (name, json) => {
  const type = parseType(name) as ColumnType
  const value = valueFromJson(type, json)
  const stored = name === 'float32' ? Math.fround(value as number) : value
  expect(jsonOf(type, stored)).toEqual(json)
})
