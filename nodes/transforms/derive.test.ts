import { types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import derive from './derive.ts'

const fields = [
  { name: 'a', type: types.int64 },
  { name: 'b', type: types.string },
]
const rows = [
  { a: 1n, b: 'x' },
  { a: 2n ** 62n, b: 'größe' },
  { a: null, b: null },
]

test('new columns come at the end, a namesake is replaced in its place', async () => {
  const ran = await runCuts(derive, { columns: { c: 'upper(b)', a: 'b' } }, { fields, rows })
  expect(ran.schema.toString()).toBe('a: string, b: string, c: string')
  expect(ran.rows[1]).toEqual({ a: 'größe', b: 'größe', c: 'GRÖSSE' })
})

test('a row is rejected once, with what failed first, and the others keep their values', async () => {
  const ran = await runCuts(derive, { columns: { twice: 'a * 2', four: 'a * 4', label: 'b + "!"' } }, { fields, rows })
  expect(ran.rows).toEqual([
    { a: 1n, b: 'x', twice: 2n, four: 4n, label: 'x!' },
    { a: null, b: null, twice: null, four: null, label: null },
  ])
  expect(ran.rejected.map(({ identity }) => identity)).toEqual(['source:rows:2'])
})

test('each wrong expression is a problem under its own column', async () => {
  const ran = await runNode(derive, { columns: { c: 'nope', d: 'a +', e: 'a' } }, { fields, rows })
  expect(ran.problems.map(({ place }) => place.setting)).toEqual(['columns.c', 'columns.d'])
  expect((await runNode(derive, { columns: {} }, { fields, rows })).problems).toHaveLength(1)
})
