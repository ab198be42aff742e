import type { SinkSuspects } from '../crash/crashes.ts'

/** How a split's rows go to a sink in parts: some of them, that it looks for, make it fail. */
export interface Apart {
  /** `write`: parts are staged as ever, and made durable together. `commit`: each part is made durable before the next. */
  readonly how: 'write' | 'commit'
  /** What the sink said of all rows together; null where they were not tried. */
  readonly failed: string | null
  readonly crashes: SinkSuspects | null
  readonly done: PartsDone | null
}

/** Rows of a split that are settled, from its first: durable in the sink, but for those that are named. */
export interface PartsDone {
  readonly rows: number
  /** The identity of the last of them: a split that gives other rows now is refused. */
  readonly last: string
  /** In a record of the ledger: those that no record before it names. */
  readonly rejected: readonly RejectedRow[]
}

/** A row by its place in the split as it comes to the sink, from 0, and why it was rejected. */
export interface RejectedRow {
  readonly row: number
  readonly code: string
  readonly message: string
  readonly column?: string
}

/** In how many tries a row that a sink refuses alone, without any that goes well, is taken for the sink's fault. */
export const hopelessRows = 8
