import { describe, expect, test } from 'vitest'
import { type Field, types } from '../pipeline/types.ts'
import { Account } from './account.ts'
import { Batch } from './batch.ts'
import type { Column } from './column.ts'
import { Receiver, Sender } from './descriptor.ts'
import { Identity } from './identity.ts'
import { maskOf } from './masks.ts'
import { Pool } from './pool.ts'
import { Scope } from './scope.ts'
import { batchOf, columnOf } from './values.ts'

const fields = [
  { name: 'id', type: types.int64 },
  { name: 'text', type: types.string },
]

function scene() {
  const pool = new Pool(1 << 26)
  const account = new Account()
  const scope = new Scope(pool, account)
  const rows = Array.from({ length: 10 }, (_, i) => ({ id: BigInt(i), text: i % 3 ? `größe ${i}` : null }))
  const batch = batchOf(scope, fields, rows, new Identity({ node: 'csv', path: 'a.csv' }, 10, 1))
  account.addRows('in', batch.identity)
  return { pool, account, scope, batch }
}

test('a filter, a rejection and pieces leave the books balanced', () => {
  const { account, scope, batch } = scene()
  const kept = batch.where(maskOf(scope, 10, (row) => row % 2 === 0))
  const rest = kept.reject([{ row: 1, code: 'bad', message: 'no' }])
  const parents = Int32Array.of(0, 0, 2)
  const pieces = rest.explode(parents, [
    [{ name: 'piece', type: types.int32 }, columnOf(scope, types.int32, [7, 8, 9])],
  ])
  expect(pieces.row(1)).toEqual({ id: 0n, text: null, piece: 8 })
  expect(pieces.row(2)).toEqual({ id: 6n, text: null, piece: 9 })
  expect([0, 1, 2].map((row) => pieces.identity.text(row))).toEqual(['csv:a.csv:1.0', 'csv:a.csv:1.1', 'csv:a.csv:7.0'])
  account.add('parents', pieces.parents.rows, pieces.parents.sum)
  expect(account.imbalance()).toBeNull()
  expect([account.filtered.rows, account.rejected.rows, account.parents.rows]).toEqual([7, 1, 2])
})

test('a row that is dropped while another is doubled shows in the checksum', () => {
  const { account, batch } = scene()
  const once = batch.slice(0, 5)
  account.addRows('parents', once.identity)
  account.addRows('parents', once.identity)
  expect(account.imbalance()).toMatch(/not every row came out once/)
})

test('memory is free again when the scope has moved on, but for batches that are kept', () => {
  const { pool, scope, batch } = scene()
  const kept = batch.slice(2, 9).keep()
  scope.resume()
  scope.resume()
  expect(kept.row(0)).toEqual({ id: 2n, text: 'größe 2' })
  expect(pool.held).toBeGreaterThan(0)
  kept.release()
  expect(pool.held).toBe(0)
  scope.close()
})

test('which rows were kept is known as long as somebody holds them, also in another scope', () => {
  const { pool, scope, batch } = scene()
  pool.poison = true
  const [even, next] = [maskOf(scope, 10, (row) => row % 2 === 0), new Scope(pool)]
  const kept = batch.where(even)
  const fewer = kept
    .where(maskOf(scope, 5, (row) => row > 1))
    .into(next)
    .keep()
  const branch = kept.branch({ first: maskOf(scope, 5, (row) => row < 2) })[0]?.batch.keep() as Batch
  scope.resume()
  next.resume()
  // Memory that is free is written over.
  for (let i = 0; i < 100; i++) scope.allocate(Int32Array, 6).fill(9)
  const ids = (of: Batch) => Array.from({ length: of.rows }, (_, row) => of.row(row).id)
  expect(ids(fewer)).toEqual([4n, 6n, 8n])
  expect(fewer.identity.text(2)).toBe('csv:a.csv:9')
  expect(ids(branch)).toEqual([0n, 2n])
  fewer.release()
  branch.release()
  scope.resume()
  next.resume()
  expect(pool.held).toBe(0)
})

test('a row that is none cannot be rejected, and pieces of a row must stand together', () => {
  const { scope, batch } = scene()
  expect(() => batch.reject([{ row: 10, code: 'bad', message: 'no' }])).toThrow('row 10 is rejected of a batch of 10')
  expect(() => batch.reject([{ row: -1, code: 'bad', message: 'no' }])).toThrow('row -1')
  const column = columnOf(scope, types.int32, [1, 2, 3])
  const pieces = (...parents: number[]) =>
    batch.explode(Int32Array.from(parents), [[{ name: 'piece', type: types.int32 }, column]])
  expect(() => pieces(0, 1, 0)).toThrow('piece 2 is of row 0 of 10, after one of row 1: parents must ascend')
  expect(() => pieces(0, 1, 10)).toThrow('piece 2 is of row 10 of 10')
})

test('nobody can claim whose pieces rows are', () => {
  const { scope, batch } = scene()
  const made = new Batch(scope, batch.schema, batch.columns, batch.identity, {
    parents: { rows: 1, sum: { a: 0, b: 0 } },
  } as object)
  expect(made.parents.rows).toBe(10)
})

describe('a column of few values', () => {
  const values = ['größe', 'a', 'b', null]
  const codes = [0, 1, 1, 3, 2, 0, 1, 3, 2, 1]

  function coded() {
    const { pool, scope, batch } = scene()
    const text = columnOf(scope, types.string, values)
    const into = scope.allocate(Int32Array, codes.length)
    into.set(codes)
    const made = new Batch(
      scope,
      batch.schema,
      [batch.column(0), { values: text, codes: into, bytes: 40 }],
      batch.identity,
    )
    return { pool, scope, batch: made, text, all: codes.map((code) => values[code]) }
  }
  const texts = (batch: Batch) => Array.from({ length: batch.rows }, (_, row) => batch.row(row).text)

  test('reads as any other, whatever is done to the batch', () => {
    const { scope, batch, all } = coded()
    const odd = (list: unknown[]) => list.filter((_, i) => i % 2 === 1)
    const kept = batch.where(maskOf(scope, 10, (row) => row % 2 === 1))
    const more: [Field, Column] = [{ name: 'n', type: types.int32 }, columnOf(scope, types.int32, [0, 1, 2, 3, 4])]
    expect(texts(batch)).toEqual(all)
    expect(texts(kept)).toEqual(odd(all))
    expect(texts(kept.with([more]))).toEqual(odd(all))
    expect(texts(kept.slice(1, 4))).toEqual(odd(all).slice(1, 4))
    expect(texts(batch.slice(3, 9))).toEqual(all.slice(3, 9))
    expect(texts(batch.slice(3, 9).project([{ column: 'text' }]))).toEqual(all.slice(3, 9))
    expect(texts(batch.explode(Int32Array.of(0, 0, 3), []))).toEqual([all[0], all[0], all[3]])
    expect(batch.column('text').nulls).toBe(2)
  })

  test('keeps its values through a filter, new columns and another scope, and says where rows are', () => {
    const { scope, batch, text } = coded()
    const kept = batch.where(maskOf(scope, 10, (row) => row > 6))
    const more: [Field, Column] = [{ name: 'n', type: types.int32 }, columnOf(scope, types.int32, [1, 2, 3])]
    for (const one of [kept, kept.with([more]), kept.into(scope), kept.onBranch('a'), kept.slice(0, 3)]) {
      const stored = one.stored(1)
      expect(stored.column).toBe(text)
      expect(stored).toMatchObject({ coded: true, places: Int32Array.of(3, 2, 1) })
    }
  })

  test('is held with its values, crosses to another thread whole, and is free when nobody holds it', () => {
    const { pool, scope, batch, all } = coded()
    const kept = batch.slice(0, 10).keep()
    scope.resume()
    expect(pool.held).toBe(5)
    expect(texts(kept)).toEqual(all)
    const other = new Scope(pool)
    const received = new Receiver(pool).receive(other, new Sender(pool).send(kept))
    kept.release()
    expect(texts(received)).toEqual(all)
    other.close()
    scope.close()
    expect(pool.held).toBe(0)
  })
})
