import type { Cell } from './rows.ts'

/** Which row of a run is asked for: its identity, a file and a row's number in it, or `column=value`. */
export interface TraceQuestion {
  readonly row: string
  /** Most rows that are traced where several have the value; 3 where it is not said. */
  readonly rows?: number
}

/** The way of rows through a run's nodes, each replayed as the pipeline was when it ran: `headrace trace --json`. */
export interface TraceAnswer {
  readonly run: string
  readonly pipeline: string
  /** How the run ended; `unfinished` where its process went away. */
  readonly status: 'running' | 'done' | 'failed' | 'stopped' | 'unfinished'
  readonly asked: string
  /** How many rows fit what was asked; `rows` has the first of them. */
  readonly found: number
  /** What is no longer as it was in the run, or is not as one would think. */
  readonly notes: readonly string[]
  readonly rows: readonly TracedRow[]
}

/** One row's way. */
export interface TracedRow {
  readonly identity: string
  /** The source node, or the node that made the row of others. */
  readonly node: string
  /** The file as the pipeline has it; '' for a source without files. */
  readonly file: string
  /** From 1, a header not counted. */
  readonly row: number
  /** Of the file, from 1; null where the format has no lines. */
  readonly line: number | null
  /** What stands in the file, its head at least; null where it is not known. */
  readonly raw: string | null
  /** In the order of the pipeline's nodes. */
  readonly steps: readonly TraceStep[]
  readonly fates: readonly TracedFate[]
}

/** What one node did with one row. */
export interface TraceStep {
  readonly node: string
  readonly type: string
  readonly kind: 'source' | 'transform' | 'table' | 'model' | 'sink'
  /** The row that entered. */
  readonly identity: string
  readonly outcome: 'passed' | 'filtered' | 'rejected' | 'stored' | 'unknown'
  readonly outputs: readonly TracedOutput[]
  /** Pieces that left besides those in `outputs`. */
  readonly more: number
  /** The node's conditions, where they decided. */
  readonly conditions: readonly TracedCondition[]
  readonly rejected: TracedReject | null
  /** More than its outcome says: how sure it is, which place among all rows. */
  readonly note: string | null
}

/** A row, or piece of one, as it left a node. */
export interface TracedOutput {
  readonly identity: string
  /** '' for the only output; `rejects` for a rejected row that an edge takes. */
  readonly port: string
  /** The nodes that it goes to; none: it goes nowhere. */
  readonly to: readonly string[]
  readonly values: readonly TracedValue[]
  /** Columns that entered and did not leave. */
  readonly dropped: readonly string[]
}

export interface TracedValue {
  readonly column: string
  /** As people write it: `int64`. */
  readonly type: string
  readonly value: Cell
  /** `new`: the node made the column; `changed`: it gave it another value. */
  readonly mark: 'new' | 'changed' | null
  /** The value that entered, of a changed one. */
  readonly before: Cell
  /** Of a vector its first numbers. */
  readonly head?: readonly number[]
}

export interface TracedCondition {
  readonly setting: string
  readonly expression: string
  /** Null where the expression has no value; an `error` where it fails. */
  readonly value: boolean | null
  readonly error: string | null
  readonly columns: readonly { readonly column: string; readonly type: string; readonly value: Cell }[]
}

export interface TracedReject {
  readonly code: string
  readonly message: string
  readonly column: string | null
}

/** Where a row, or a piece of it, came to rest. */
export interface TracedFate {
  readonly identity: string
  readonly node: string
  /**
   * `stored`: the run has stored it. `waiting`: the run ended, or is, before that. `replaced`: another row has its key.
   * `unknown`: one row alone does not tell.
   */
  readonly fate: 'stored' | 'waiting' | 'replaced' | 'filtered' | 'rejected' | 'unknown'
  /** The same in words. */
  readonly sentence: string
  /** Where a stored row lies. */
  readonly output: string | null
}
