import type { Json } from '../sdk/node.ts'
import type { PartsDone } from './apart/apart.ts'
import { addBooks, type Books, noBooks } from './books.ts'
import type { LedgerRecord } from './ledger.ts'
import { applySkipped } from './resume/skip.ts'
import type { InputReceipt } from './storing.ts'

/** What has become durable so far: the run's truth, rebuilt from the ledger at resume. */
export interface Progress {
  readonly books: Map<string, Books>
  readonly replaced: Map<string, number>
  /** Rows that each sink was given to store. */
  readonly stored: Map<string, number>
  readonly done: Set<number>
  /** Splits that each sink has. */
  readonly committed: Map<string, Set<number>>
  /** Splits that are not done and went into a sink in parts: which of their rows are settled. */
  readonly parts: Map<string, Map<number, PartsDone>>
  readonly states: Map<string, Json>
  readonly finished: Map<string, Output>
  /** What each input of a node that needs all rows keeps, by the input's id and the split. */
  readonly kept: Map<string, Map<number, InputReceipt>>
  /** Nodes that have gathered all their rows, in the order in which they did. */
  readonly gathered: Extract<LedgerRecord, { type: 'gathered' }>[]
  /** Files of which nothing more is read, by path. */
  readonly skipped: Map<string, Skipped>
  deadLetters: { count: number; bytes: number }
}

/** A file of which the rest was left out. */
export interface Skipped {
  /** What was different about it. */
  readonly what: string
  /** The splits in which it is left out. */
  readonly splits: ReadonlySet<number>
  /** Sinks that have some of those all the same: they were stored there before. */
  readonly storedMore: ReadonlySet<string>
}

export interface Output {
  readonly path: string
  readonly rows: number
  readonly bytes: number
  /** Rows of earlier runs in whose place others were put, or whose files have none any more. */
  readonly replacedRows?: number
  /** Rows of files that are gone. */
  readonly prunedRows?: number
}

/** Reads what an interrupted run had done; an empty ledger gives an empty progress. */
export function progressOf(records: readonly LedgerRecord[]): Progress {
  const progress: Progress = {
    books: new Map(),
    replaced: new Map(),
    stored: new Map(),
    done: new Set(),
    committed: new Map(),
    parts: new Map(),
    states: new Map(),
    finished: new Map(),
    kept: new Map(),
    gathered: [],
    skipped: new Map(),
    deadLetters: { count: 0, bytes: 0 },
  }
  for (const record of records) applyRecord(progress, record)
  return progress
}

/** Adds a record to what has become durable. */
export function applyRecord(progress: Progress, record: LedgerRecord): void {
  if (record.type === 'commit') {
    const { sink, splits, state, replaced, part, parted } = record
    const set = progress.committed.get(sink) ?? new Set()
    const parts = progress.parts.get(sink) ?? new Map<number, PartsDone>()
    for (const split of splits) {
      const before = parts.get(split)?.rejected ?? []
      const more = part ?? parted?.[split]
      if (more) parts.set(split, { ...more, rejected: [...before, ...more.rejected] })
      if (!part) set.add(split)
    }
    progress.committed.set(sink, set)
    progress.parts.set(sink, parts)
    progress.states.set(sink, state)
    progress.replaced.set(sink, (progress.replaced.get(sink) ?? 0) + replaced)
    progress.stored.set(sink, (progress.stored.get(sink) ?? 0) + record.rows)
  } else if (record.type === 'done') {
    for (const split of record.splits) {
      progress.done.add(split)
      for (const parts of progress.parts.values()) parts.delete(split)
    }
    for (const [node, books] of Object.entries(record.books)) {
      progress.books.set(node, addBooks(progress.books.get(node) ?? noBooks, books))
    }
    progress.deadLetters = {
      count: progress.deadLetters.count + record.deadLetters.count,
      bytes: progress.deadLetters.bytes + record.deadLetters.bytes,
    }
  } else if (record.type === 'kept') {
    const kept = progress.kept.get(record.end) ?? new Map<number, InputReceipt>()
    record.splits.forEach((split, i) => {
      kept.set(split, record.receipts[i] as InputReceipt)
    })
    progress.kept.set(record.end, kept)
  } else if (record.type === 'gathered') {
    progress.gathered.push(record)
    const { node, filtered } = record
    const books = { ...noBooks, filtered, parents: -filtered }
    progress.books.set(node, addBooks(progress.books.get(node) ?? noBooks, books))
  } else if (record.type === 'skipped') {
    applySkipped(progress, record)
  } else if (record.type === 'finished') {
    progress.finished.set(record.sink, record.output as unknown as Output)
  }
}
