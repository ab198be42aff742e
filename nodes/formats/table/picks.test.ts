import { expect, test } from 'vitest'
import { blockOf } from './picks.ts'

test('rows that another version made are refused in words', () => {
  const old = { staged: 'a.parquet', file: 0, start: 0, end: 5, from: 0, to: 5 }
  const split = { parts: [{ path: '', start: 0, end: 5, firstRow: 1, data: old }], bytes: 0 }
  expect(() => blockOf(split)).toThrow('Another version of Headrace')
})
