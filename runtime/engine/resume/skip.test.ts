import { expect, test } from 'vitest'
import { noBooks } from '../books.ts'
import { decodeLedger, encodeRecord, type LedgerRecord } from '../ledger.ts'
import { progressOf } from '../progress.ts'
import type { PlannedSplit } from '../runfolder.ts'
import { skipFiles, skippedFiles, withoutSkipped } from './skip.ts'

const part = (path: string, rows?: number) => ({
  path,
  start: 0,
  end: 1,
  firstRow: 1,
  ...(rows !== undefined && { rows }),
})
const split = (...parts: ReturnType<typeof part>[]): PlannedSplit => {
  const rows = parts.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one.rows === undefined ? undefined : sum + one.rows),
    0,
  )
  return { source: 'in', split: { parts, bytes: 1, ...(rows !== undefined && { rows }) } }
}
const splits = [
  split(part('a', 10)),
  split(part('a', 10), part('b', 3)),
  split(part('b', 4), part('c', 5)),
  split(part('b', 6)),
]
const done = (...numbers: number[]): LedgerRecord => ({
  type: 'done',
  splits: numbers,
  books: { in: noBooks },
  deadLetters: { count: 0, bytes: 0 },
})
const commit = (sink: string, ...numbers: number[]): LedgerRecord => ({
  type: 'commit',
  sink,
  splits: numbers,
  state: null,
  replaced: 0,
  rows: 0,
})
const gone = (path: string) => ({ path, what: 'is no longer there' })
const probes = { in: { files: ['a', 'b', 'c'].map((path) => ({ path, size: 1, modified: 0 })) } }

test('what is not done of a file is left out, beside other files too, and a part without any is done', () => {
  const records = [commit('one', 0), commit('two', 0), done(0), commit('one', 1, 2)]
  const skipped = skipFiles([gone('b')], splits, progressOf(records))
  expect(skipped).toMatchObject({ files: [{ path: 'b', splits: [[1, 3]] }], emptied: [[3, 3]] })
  const progress = progressOf([...records, skipped as LedgerRecord])
  expect([...progress.done]).toEqual([0, 3])
  const left = withoutSkipped(splits, progress).map((one) => one.split)
  expect(left.map(({ parts }) => parts.map(({ path }) => path))).toEqual([['a'], ['a'], ['c'], []])
  expect(left.map(({ rows }) => rows)).toEqual([10, 10, 5, 0])
  expect(skippedFiles(splits, probes, progress)).toEqual([
    { path: 'b', nodes: ['in'], what: 'is no longer there', rowsStored: 0, rowsSkipped: 13, storedMore: ['one'] },
  ])
})

test('a later resume leaves out more, reads the same from the ledger, and forgets what waited for other rows', () => {
  const first = skipFiles([gone('b')], splits, progressOf([done(0)])) as LedgerRecord
  const receipt = { rows: 5, bytes: 1, files: [], kept: { rows: 5, sum: { a: 0, b: 0 } } }
  const kept: LedgerRecord = { type: 'kept', end: 'sort', splits: [2], receipts: [receipt] }
  const records = [done(0), first, kept]
  const second = skipFiles([gone('c')], splits, progressOf(records)) as LedgerRecord
  expect(second).toMatchObject({ files: [{ path: 'c', splits: [[2, 2]] }], emptied: [[2, 2]] })
  const text = [...records, second].map(encodeRecord).join('')
  const progress = progressOf(decodeLedger(text).records)
  expect([...progress.skipped.keys()]).toEqual(['b', 'c'])
  expect([...progress.done].sort()).toEqual([0, 2, 3])
  expect(progress.kept.get('sort')?.size).toBe(0)
  expect(skipFiles([], splits, progress)).toBe(null)
})

test('rows that nobody counted are not made up', () => {
  const unknown = [split(part('a')), split(part('a'), part('b', 2))]
  const progress = progressOf([done(0), skipFiles([gone('a')], unknown, progressOf([done(0)])) as LedgerRecord])
  expect(withoutSkipped(unknown, progress)[1]?.split.rows).toBe(2)
  expect(skippedFiles(unknown, probes, progress)).toMatchObject([{ rowsStored: null, rowsSkipped: null }])
})
