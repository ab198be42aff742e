import { expect, test } from 'vitest'
import { type ColumnType, decimal, types } from '../pipeline/types.ts'
import { valueAt } from './column.ts'
import { gather } from './gather.ts'
import { Pool } from './pool.ts'
import { Scope } from './scope.ts'
import { columnOf } from './values.ts'

const scope = new Scope(new Pool(1 << 22))

const cases: [ColumnType, unknown[]][] = [
  [types.bool, [true, false, null, true]],
  [types.int8, [-128, null, 127, 0]],
  [types.int64, [-(2n ** 63n), 2n ** 63n - 1n, null, -1n]],
  [types.uint64, [2n ** 64n - 1n, 0n, 2n ** 32n, null]],
  [types.float64, [Number.NaN, -0, null, 1.5]],
  [decimal(38, 0), [-(10n ** 37n), 10n ** 37n, null, -1n]],
  [types.string, ['', 'größe', null, 'a longer text than those beside it, so that it is copied in one piece ✓']],
  [types.null, [null, null, null, null]],
]

test.each(cases)('values of $kind are gathered in any order, none as null', (type, values) => {
  for (const some of [values, values.map((value) => value ?? values[0])]) {
    const column = columnOf(scope, type, some)
    for (const rows of [[], [0], [3, 1, 1, 2, 0], [-1, 2, -1, 0, 1, 2, 3, 0, 0, -1], [0, 1, 2, 3]]) {
      const gathered = gather(scope, column, Int32Array.from(rows))
      const expected = rows.map((row) => (row < 0 ? null : some[row]))
      expect(rows.map((_, i) => valueAt(gathered, i))).toEqual(expected)
      expect(gathered.nulls).toBe(expected.filter((value) => value === null).length)
    }
  }
})

test('texts of every length are gathered from rows far apart, side by side and in between', () => {
  const texts = Array.from({ length: 300 }, (_, i) => (i % 11 === 5 ? null : 'aßc'.repeat((i * 7) % 47).slice(i % 4)))
  const column = columnOf(scope, types.string, texts)
  for (const keeps of [3, 17, 60, 1000]) {
    const rows = Int32Array.from(texts.keys()).filter((row) => (keeps > 3 ? row % keeps > 0 : row % keeps === 0))
    const gathered = gather(scope, column, rows)
    expect(Array.from(rows, (_, i) => valueAt(gathered, i))).toEqual(Array.from(rows, (row) => texts[row]))
  }
})
