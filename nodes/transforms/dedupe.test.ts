import { types } from '@headrace/runtime/sdk'
import { runTable } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import dedupe from './dedupe.ts'

const fields = [
  { name: 'k', type: types.string },
  { name: 'v', type: types.float64 },
]
const splits = [
  [
    { k: 'a', v: 1 },
    { k: 'b', v: Number.NaN },
    { k: null, v: 0 },
  ],
  [],
  [
    { k: null, v: -0 },
    { k: 'b', v: Number.NaN },
    { k: '', v: 4 },
    { k: 'a', v: 5 },
  ],
]

test('the first row of each key stays, in the order of the source, under its own identity', async () => {
  const ran = await runTable(dedupe, { key: 'k' }, { '': { fields, splits } }, { batchRows: 2 })
  expect(ran.rows).toEqual([
    { k: 'a', v: 1 },
    { k: 'b', v: Number.NaN },
    { k: null, v: 0 },
    { k: '', v: 4 },
  ])
  expect(ran.identities).toEqual(['source:-0:1', 'source:-0:2', 'source:-0:3', 'source:-2:3'])
  expect(ran.filtered).toBe(3)
})

test('without a key rows are the same that agree in all columns; NaN is NaN, and -0 is 0', async () => {
  const ran = await runTable(dedupe, {}, { '': { fields, splits } })
  expect(ran.rows.map(({ k }) => k)).toEqual(['a', 'b', null, '', 'a'])
})

test('no rows give no rows', async () => {
  const ran = await runTable(dedupe, {}, { '': { fields, splits: [[], []] } })
  expect(ran).toMatchObject({ rows: [], filtered: 0, splits: 0 })
})
