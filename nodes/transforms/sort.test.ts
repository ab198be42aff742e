import { types } from '@headrace/runtime/sdk'
import { runTable } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import sort from './sort.ts'

const fields = [
  { name: 'k', type: types.string },
  { name: 'v', type: types.int64 },
]

test('equal rows of all files stay in the order of the source, and every row keeps its identity', async () => {
  const splits = [
    [
      { k: 'b', v: 1n },
      { k: 'a', v: 2n },
      { k: null, v: 3n },
    ],
    [],
    [
      { k: 'a', v: 4n },
      { k: '', v: 5n },
      { k: 'Ä', v: 6n },
    ],
  ]
  const ran = await runTable(sort, { by: ['k'] }, { '': { fields, splits } }, { batchRows: 2 })
  expect(ran.problems).toEqual([])
  expect(ran.rows.map(({ v }) => v)).toEqual([5n, 2n, 4n, 1n, 6n, 3n])
  expect(ran.identities).toEqual([
    'source:-2:2',
    'source:-0:2',
    'source:-2:1',
    'source:-0:1',
    'source:-2:3',
    'source:-0:3',
  ])
  expect(ran.filtered).toBe(0)
})
