import { crc32 } from 'node:zlib'
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

test('books come back from the ledger as they were, those of runs from before as well', () => {
  const done = (own: object): LedgerRecord => ({
    type: 'done',
    splits: [7],
    books: { in: books(10_000), no: books(0), own: own as ReturnType<typeof books> },
    deadLetters: { count: 0, bytes: 0 },
  })
  const named = { ...books(3), rejected: 1, named: { truncated: 2 } }
  for (const record of [done(named), done(books(1))]) {
    expect(decodeLedger(encodeRecord(record)).records).toEqual([record])
    const before = JSON.stringify(record)
    const sum = crc32(before).toString(16).padStart(8, '0')
    expect(decodeLedger(`${sum} ${before}\n`).records).toEqual([record])
  }
})

test('a run of ten million rows through a model, eight nodes and a store keeps its ledger below 1 MB', () => {
  // A model's splits are 10,000 rows; the folder is as deep as one may fear.
  const splits = 1000
  const folder = `/home/somebody/projects/${'a-folder/'.repeat(6)}out`
  const nodes = ['source', 'clean', 'filter', 'derive', 'chunk', 'embed', 'lines', 'store']
  const own = { in: 10_000, out: 9_900, parents: 9_900, filtered: 90, rejected: 10, bytes: 12_345_678 }
  let bytes = 0
  const add = (record: LedgerRecord) => {
    bytes += encodeRecord(record).length
  }
  for (let split = 0; split < splits; split++) {
    const at = 9_000_000_000 + split
    const staged = [`${folder}/.headrace-20261130-224751-4ad8-lines-0-${split}-0.ndjson.tmp`]
    const state = { bytes: at, side: 0, rows: at, assembler: null, staged, inode: at, existing: null }
    add({ type: 'commit', sink: 'lines', splits: [split], rows: 9_900, state, replaced: 0 })
    const counts = Object.fromEntries(nodes.map((node) => [node, own]))
    add({ type: 'done', splits: [split], books: counts, deadLetters: { count: 10, bytes: at } })
  }
  expect(bytes).toBeLessThan(1_000_000)
  expect(bytes).toBeGreaterThan(500_000)
})
