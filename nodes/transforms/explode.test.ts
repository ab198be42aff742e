import { fixed, list, types } from '@headrace/runtime/sdk'
import { runCuts, runNode } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import explode from './explode.ts'

const fields = [
  { name: 'items', type: list(types.int32) },
  { name: 'id', type: types.int64 },
]

test('pieces of pieces are counted in the identity, and the column keeps its place', async () => {
  const ran = await runCuts(explode, { column: 'items' }, { fields, rows: [{ items: [7, 8], id: 1n }] })
  expect(ran.schema.toString()).toBe('items: int32, id: int64')
  expect(ran.identities).toEqual(['source:rows:1.0', 'source:rows:1.1'])
})

test('a row without items is filtered, or stays with a null', async () => {
  const rows = [
    { items: [], id: 1n },
    { items: null, id: 2n },
  ]
  const dropped = await runCuts(explode, { column: 'items' }, { fields, rows })
  expect(dropped.account.filtered.rows).toBe(2)
  const kept = await runCuts(explode, { column: 'items', keepEmpty: true }, { fields, rows })
  expect(kept.rows).toEqual([
    { items: null, id: 1n },
    { items: null, id: 2n },
  ])
})

test('a vector and a list of structs become rows too', async () => {
  const point = { kind: 'struct', fields: [{ name: 'x', type: types.float32 }] } as const
  const rows = [{ vector: [1, 2], points: [{ x: 1 }, null] }]
  const both = [
    { name: 'vector', type: fixed(types.float32, 2) },
    { name: 'points', type: list(point) },
  ]
  const vectors = await runCuts(explode, { column: 'vector' }, { fields: both, rows })
  expect(vectors.rows.map(({ vector }) => vector)).toEqual([1, 2])
  const points = await runCuts(explode, { column: 'points' }, { fields: both, rows })
  expect(points.rows.map(({ points }) => points)).toEqual([{ x: 1 }, null])
})

test('what is no list is a problem', async () => {
  const ran = await runNode(explode, { column: 'id' }, { fields, rows: [] })
  expect(ran.problems.map(({ code, message }) => [code, message])).toEqual([
    ['not-a-list', 'column "id" is int64, not a list'],
  ])
})

test('any lists, cut in any way, give their items in order', async () => {
  const row = fc.record({
    items: fc.option(fc.array(fc.option(fc.integer({ min: -9, max: 9 })), { maxLength: 6 })),
    id: fc.bigInt({ min: 0n, max: 99n }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.boolean(), async (rows, keepEmpty) => {
      const ran = await runCuts(explode, { column: 'items', keepEmpty }, { fields, rows })
      const expected = rows.flatMap(({ items, id }) =>
        (items?.length ? items : keepEmpty ? [null] : []).map((item) => ({ items: item, id })),
      )
      expect(ran.rows).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
