import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLedger, encodeRecord, type LedgerRecord } from './ledger.ts'
import { progressOf } from './progress.ts'

const books = (rows: number) => ({ in: rows, out: rows, parents: rows, filtered: 0, rejected: 0, bytes: 0 })

const records: LedgerRecord[] = [
  { type: 'intent', sink: 'a', splits: [0], receipts: [], data: { rows: 3 } },
  { type: 'commit', sink: 'a', splits: [0], rows: 3, state: { bytes: 10 }, replaced: 1 },
  { type: 'done', splits: [0], books: { in: books(3) }, deadLetters: { count: 2, bytes: 99 } },
  { type: 'commit', sink: 'a', splits: [1, 2], rows: 4, state: { bytes: 30 }, replaced: 0 },
]

test('a record that a crash tore at any byte is ignored, and nothing before it', () => {
  const whole = records.map(encodeRecord)
  const text = whole.join('')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length }), (cut) => {
      const { records: read, bytes } = decodeLedger(text.slice(0, cut))
      const ends = whole.map((_, i) => whole.slice(0, i + 1).join('').length)
      const count = ends.filter((end) => end <= cut).length
      expect(read).toEqual(records.slice(0, count))
      expect(bytes).toBe(count ? ends[count - 1] : 0)
    }),
  )
})

test('a record that was changed before the last one is refused', () => {
  const text = records.map(encodeRecord).join('')
  expect(() => decodeLedger(text.replace('"replaced":1', '"replaced":2'))).toThrow(/damaged at record 2/)
})

test('what is done is rebuilt from the records', () => {
  const progress = progressOf(records)
  expect([...progress.done]).toEqual([0])
  expect([...(progress.committed.get('a') ?? [])]).toEqual([0, 1, 2])
  expect(progress.states.get('a')).toEqual({ bytes: 30 })
  expect(progress.books.get('in')).toEqual(books(3))
  expect(progress.replaced.get('a')).toBe(1)
  expect(progress.deadLetters).toEqual({ count: 2, bytes: 99 })
})
