import { expect, test } from 'vitest'
import { types } from '../pipeline/types.ts'
import { Receiver, Sender } from './descriptor.ts'
import { addChecksums, emptyChecksum, Identity, readIdentity } from './identity.ts'
import { Pool } from './pool.ts'
import { Scope } from './scope.ts'
import { batchOf } from './values.ts'

test('a row of an aggregate is called by its group, and the name survives a crossing to another thread', () => {
  const names = { first: 16, texts: ['country=ch', 'country=de', 'city=a:b, country=fr'] }
  const identity = new Identity({ node: 'totals', path: '', names }, 2, Float64Array.of(17, 18))
  expect([0, 1].map((row) => identity.text(row))).toEqual(['totals:country=de:17', 'totals:city=a:b, country=fr:18'])
  expect(readIdentity(identity.text(1))).toMatchObject({ node: 'totals', path: 'city=a:b, country=fr', number: 18 })
  const pool = new Pool(1 << 20)
  const scope = new Scope(pool)
  const batch = batchOf(scope, [{ name: 'n', type: types.int64 }], [{ n: 1n }, { n: 2n }], identity)
  const crossed = new Receiver(pool).receive(scope, structuredClone(new Sender(pool).send(batch)))
  expect(crossed.identity.text(0)).toBe('totals:country=de:17')
})

test('names are no part of the checksum, and a number without a name has its path', () => {
  const bare = new Identity({ node: 'totals', path: '' }, 3, 1)
  const named = new Identity({ node: 'totals', path: '', names: { first: 1, texts: ['a', 'b'] } }, 3, 1)
  expect(named.checksum).toEqual(bare.checksum)
  expect(named.text(2)).toBe('totals::3')
})

test('the hashes of rows add up to the checksum', () => {
  const identity = new Identity({ node: 'in', path: 'a.csv' }, 5000, 2 ** 33).explode(Int32Array.of(0, 0, 7, 4999))
  const { a, b } = identity.hashes()
  const sum = [...a].reduce((total, one, row) => addChecksums(total, { a: one, b: b[row] as number }), emptyChecksum)
  expect(sum).toEqual(identity.checksum)
})

test('rows of several files in one batch keep their own origins through take, slice, pieces and a crossing', () => {
  const origins = [
    { node: 'in', path: 'a.csv' },
    { node: 'in', path: 'b.csv' },
  ]
  const mixed = new Identity({ origins, which: Uint32Array.of(1, 0, 1) }, 3, Float64Array.of(5, 6, 7))
  const texts = (identity: Identity) => Array.from({ length: identity.rows }, (_, row) => identity.text(row))
  expect(texts(mixed)).toEqual(['in:b.csv:5', 'in:a.csv:6', 'in:b.csv:7'])
  expect(texts(mixed.take(Int32Array.of(1)))).toEqual(['in:a.csv:6'])
  expect(texts(mixed.slice(1, 3))).toEqual(['in:a.csv:6', 'in:b.csv:7'])
  expect(texts(mixed.explode(Int32Array.of(1, 2, 2)))).toEqual(['in:a.csv:6.0', 'in:b.csv:7.0', 'in:b.csv:7.1'])
  const alone = [5, 6, 7].map((number, row) => new Identity(mixed.originOf(row), 1, number).checksum)
  expect(mixed.checksum).toEqual(alone.reduce(addChecksums))
  const scope = new Scope(new Pool(1 << 20))
  const batch = batchOf(scope, [{ name: 'n', type: types.int64 }], [{ n: 1n }, { n: 2n }, { n: 3n }], mixed)
  const crossed = new Receiver(scope.pool).receive(scope, structuredClone(new Sender(scope.pool).send(batch)))
  expect(texts(crossed.identity)).toEqual(texts(mixed))
})
