import { types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import filter from './filter.ts'

const fields = [
  { name: 'n', type: types.int64 },
  { name: 'price per kg', type: types.float64 },
]

test('a row on which the expression fails is rejected with the reason, whatever the others do', async () => {
  const rows = [0n, 2n, null, 3n].map((n) => ({ n, 'price per kg': 1 }))
  const ran = await runCuts(filter, { where: '6 % n == 0' }, { fields, rows })
  expect(ran.rows.map(({ n }) => n)).toEqual([2n, 3n])
  expect(ran.rejected.map(({ identity }) => identity)).toEqual(['source:rows:1'])
  expect(ran.account.filtered.rows).toBe(1)
})

test('a condition that is no condition is a problem under where', async () => {
  for (const where of ['m > 1', 'n + 1', 'n >', '"a" > n']) {
    const ran = await runNode(filter, { where }, { fields, rows: [] })
    expect(ran.problems.map(({ place }) => place.setting)).toEqual(['where'])
  }
})

test('any numbers, cut in any way, stay where JavaScript too finds them larger', async () => {
  const row = fc.record({
    n: fc.option(fc.bigInt({ min: -9n, max: 9n })),
    'price per kg': fc.option(fc.double({ noNaN: true })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
      const ran = await runCuts(filter, { where: 'n > 2 || row["price per kg"] > 0.5' }, { fields, rows })
      const stays = rows.filter((row) => (row.n ?? -1n) > 2n || (row['price per kg'] ?? -1) > 0.5)
      expect(ran.rows).toEqual(stays)
    }),
    { numRuns: 60 },
  )
})
