import { list, types } from '@headrace/runtime/sdk'
import { runTable } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import join from './join.ts'

const left = {
  fields: [
    { name: 'id', type: types.int64 },
    { name: 'k', type: types.string },
  ],
  splits: [
    [
      { id: 1n, k: 'a' },
      { id: 2n, k: null },
      { id: 3n, k: 'b' },
    ],
    [{ id: 4n, k: 'c' }],
    [{ id: 5n, k: 'a' }],
  ],
}
const right = {
  fields: [
    { name: 'k', type: types.string },
    { name: 'id', type: types.float64 },
  ],
  splits: [
    [
      { k: 'a', id: 0.5 },
      { k: null, id: 9 },
      { k: 'z', id: 8 },
    ],
    [
      { k: 'c', id: 2.5 },
      { k: 'a', id: 1.5 },
    ],
  ],
}

test('an inner join keeps the order of the left rows, then of the right ones, and numbers rows of one left row', async () => {
  const ran = await runTable(join, { keys: ['k'] }, { left, right }, { batchRows: 2 })
  expect(ran.columns.map(({ name }) => name)).toEqual(['id', 'k', 'id_right'])
  expect(ran.rows).toEqual([
    { id: 1n, k: 'a', id_right: 0.5 },
    { id: 1n, k: 'a', id_right: 1.5 },
    { id: 4n, k: 'c', id_right: 2.5 },
    { id: 5n, k: 'a', id_right: 0.5 },
    { id: 5n, k: 'a', id_right: 1.5 },
  ])
  expect(ran.identities).toEqual([
    'source:left-0:1.0',
    'source:left-0:1.1',
    'source:left-1:1.0',
    'source:left-2:1.0',
    'source:left-2:1.1',
  ])
  // Two of the left rows and two of the right ones met nothing.
  expect(ran.filtered).toBe(4)
})

test('a left join keeps rows that found none; where none found several, rows keep their own identity', async () => {
  const once = { ...right, splits: right.splits.slice(0, 1) }
  const ran = await runTable(join, { how: 'left', keys: ['k'], suffix: '2' }, { left, right: once })
  expect(ran.rows.map((row) => row['id2'])).toEqual([0.5, null, null, null, 0.5])
  expect(ran.identities[1]).toBe('source:left-0:2')
  expect(ran.filtered).toBe(2)
})

test('an anti join keeps the left rows that found none, those without a key too', async () => {
  const ran = await runTable(join, { how: 'anti', keys: ['k'] }, { left, right })
  expect(ran.rows).toEqual([
    { id: 2n, k: null },
    { id: 3n, k: 'b' },
  ])
  expect(ran.filtered).toBe(3 + 5)
})

test.for(['inner', 'left', 'anti'])('an empty side gives what is left (%s)', async (how) => {
  const [noLeft, noRight] = [
    { ...left, splits: [[]] },
    { ...right, splits: [] },
  ]
  const without = await runTable(join, { how, keys: ['k'] }, { left, right: noRight })
  expect(without.rows).toHaveLength(how === 'inner' ? 0 : 5)
  const nothing = await runTable(join, { how, keys: ['k'] }, { left: noLeft, right })
  expect(nothing).toMatchObject({ rows: [], filtered: 5 })
})

test('keys of types that cannot be compared exactly are a problem that names both', async () => {
  const ran = await runTable(join, { keys: [{ left: 'id', right: 'k' }] }, { left, right })
  expect(ran.problems[0]).toMatchObject({
    code: 'keys-differ',
    message: '"id" of left is int64, "k" of right is string',
    place: { setting: 'keys[0]' },
  })
  const vectors = { fields: [{ name: 'k', type: list(types.int8) }], splits: [] }
  const nested = await runTable(join, { keys: ['k'] }, { left: vectors, right: vectors })
  expect(nested.problems[0]).toMatchObject({ code: 'no-key' })
  const unknown = await runTable(join, { keys: ['kk'] }, { left, right })
  expect(unknown.problems.map(({ message }) => message)).toEqual([
    'there is no column "kk" in the input left',
    'there is no column "kk" in the input right',
  ])
})
