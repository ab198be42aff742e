import { expect, test } from 'vitest'
import { types } from '../pipeline/types.ts'
import { chooseRows } from './bits.ts'
import { Receiver, Sender } from './descriptor.ts'
import { countBits, setBit } from './gather.ts'
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
  expect(sumOfRows(identity)).toEqual(identity.checksum)
})

test('checksums are those that ledgers of earlier versions hold', () => {
  const [origin, other] = [
    { node: 'in', path: 'a.csv' },
    { node: 'in', path: 'b.csv' },
  ]
  const sums = [
    new Identity(origin, 8192, 4097),
    new Identity(origin, 100, 2 ** 32 - 50),
    new Identity(origin, 3, Float64Array.of(5, 2 ** 33 + 1, 2)),
    new Identity(origin, 3, 5).explode(Int32Array.of(0, 0, 2)),
    new Identity({ origins: [origin, other], which: Uint32Array.of(1, 0, 1) }, 3, 9),
  ].map(({ checksum }) => [checksum.a, checksum.b])
  expect(sums).toEqual([
    [-1010377744, -229052866],
    [-177661546, -1794918451],
    [1592342452, -1821489173],
    [449634796, -2036307444],
    [-878806037, -1857291943],
  ])
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

test('the rows that a mask keeps are those that are taken one by one, and so is their checksum', () => {
  const origin = { node: 'in', path: 'a.csv' }
  const other = { node: 'in', path: 'b.csv' }
  const rows = 43
  const scope = new Scope(new Pool(1 << 20))
  const wholes = [
    new Identity(origin, rows, 7),
    // Across the number where the high half of a row number changes, and beyond it.
    new Identity(origin, rows, 2 ** 32 - 20),
    new Identity(origin, rows, 2 ** 40 + 5),
    new Identity(
      origin,
      rows,
      Float64Array.from({ length: rows }, (_, i) => 90 - i),
    ),
    new Identity(origin, 1, 3).explode(new Int32Array(rows)),
    new Identity({ origins: [origin, other], which: Uint32Array.from({ length: rows }, (_, i) => i % 2) }, rows, 5),
  ]
  for (const keeps of [() => false, (row: number) => row % 3 === 0, (row: number) => row % 5 > 0, () => true]) {
    const bits = new Uint8Array(6)
    for (let row = 0; row < rows; row++) if (keeps(row)) setBit(bits, row)
    const places = Int32Array.from({ length: rows }, (_, row) => row).filter(keeps)
    for (const whole of wholes) {
      const taken = whole.take(places)
      const kept = whole.onBranch('way').where(chooseRows(scope, bits, rows, places.length))
      expect(kept.checksum).toEqual(taken.checksum)
      expect(whole.checksumWhere(bits, places.length)).toEqual(taken.checksum)
      // Once more, of what has no numbers yet.
      const second = new Uint8Array(6).fill(0b1011, 0, (kept.rows + 7) >> 3)
      if (kept.rows & 7) second[kept.rows >> 3] = 0b1011 & ((1 << (kept.rows & 7)) - 1)
      const fewer = kept.where(chooseRows(scope, second, kept.rows, countBits(second, kept.rows)))
      const texts = (identity: Identity) => Array.from({ length: identity.rows }, (_, row) => identity.text(row))
      expect(texts(kept)).toEqual(texts(taken.onBranch('way')))
      const again = texts(kept).filter((_, row) => [0, 1, 3].includes(row % 8))
      expect(texts(fewer)).toEqual(again)
      expect(sumOfRows(fewer)).toEqual(fewer.checksum)
    }
  }
})

const sumOfRows = (identity: Identity) => {
  const { a, b } = identity.hashes()
  return [...a].reduce((total, one, row) => addChecksums(total, { a: one, b: b[row] as number }), emptyChecksum)
}
