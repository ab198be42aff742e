import type { RowsPage } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { mergedRows } from './merge.ts'

const page = (numbers: readonly number[], type = 'int32'): RowsPage => ({
  columns: [{ name: 'n', type }],
  rows: numbers.map((number) => [number]),
  identities: numbers.map((number) => `a:a.csv:${number}`),
  total: 1000,
  at: 0,
})
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

test('where few rows pass, those of earlier looks stay below the new ones, each once', () => {
  expect(mergedRows(page([1, 2]), page([3, 2])).rows).toEqual([[3], [2], [1]])
  expect(mergedRows(null, page([3])).rows).toEqual([[3]])
})

test('a full look is shown as it is, and never more than 200 rows', () => {
  expect(mergedRows(page([1]), page(range(10, 210))).rows).toHaveLength(200)
  const merged = mergedRows(page(range(0, 150)), page(range(500, 600)))
  expect([merged.rows.length, merged.identities.length, merged.rows.at(-1)]).toEqual([200, 200, [99]])
})

test('rows of other columns are forgotten', () => {
  expect(mergedRows(page([1]), page([2], 'int64')).rows).toEqual([[2]])
})
