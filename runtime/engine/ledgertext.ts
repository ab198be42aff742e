import { isRecord } from '../pipeline/shape.ts'
import { type Books, noBooks } from './books.ts'
import type { LedgerRecord } from './ledger.ts'

// A run of ten million rows with a model has a thousand splits: what a record takes is what the ledger takes.

const counts = ['in', 'out', 'parents', 'filtered', 'rejected', 'bytes'] as const

type Counts = readonly [...numbers: number[]]
type Written = Counts | readonly [...numbers: number[], named: NonNullable<Books['named']>]

/** A record's JSON: a node's books are a list of their counts. */
export function textOf(record: LedgerRecord): string {
  if (record.type !== 'done') return JSON.stringify(record)
  const books = Object.entries(record.books).map(([node, own]) => [node, listOf(own)] as const)
  return JSON.stringify({ ...record, books: fromEntries(books) })
}

/** The record as it was, of its JSON; one with its books in full, as runs had them before, too. */
export function withBooks(record: LedgerRecord): LedgerRecord {
  if (record.type !== 'done' || !isRecord(record.books)) return record
  const books = Object.entries(record.books as { readonly [node: string]: Books | Written })
  return { ...record, books: fromEntries(books.map(([node, own]) => [node, booksOf(own)] as const)) }
}

/** The counts, without the zeros at their end; behind them those that the node names itself. */
function listOf(books: Books): Written {
  const numbers = counts.map((count) => books[count])
  const { named } = books
  return named ? [...numbers, named] : numbers.slice(0, numbers.findLastIndex((number) => number !== 0) + 1)
}

function booksOf(written: Books | Written): Books {
  if (!Array.isArray(written)) return written as Books
  const last = written.at(-1) as number | NonNullable<Books['named']> | undefined
  const numbers = counts.map((count, i) => [count, typeof written[i] === 'number' ? written[i] : 0] as const)
  const books = { ...noBooks, ...Object.fromEntries(numbers) }
  return typeof last === 'object' ? { ...books, named: last } : books
}

const fromEntries = <T>(entries: readonly (readonly [string, T])[]): { readonly [node: string]: T } =>
  Object.fromEntries(entries)
