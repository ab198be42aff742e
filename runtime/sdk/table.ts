import type { Static } from 'typebox'
import type { Disk } from '../disk/disk.ts'
import type { Batch, Checksum } from '../memory/index.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { Field } from '../pipeline/types.ts'
import type { ColumnsContext, Input, Json, NodeInfo, RunContext, Settings } from './info.ts'
import type { Receipt } from './sink.ts'
import type { Split } from './source.ts'
import type { Origins } from './transform.ts'

/** The columns of each input by its name; '' for the only one of a node that names none. */
export type Inputs = { readonly [input: string]: Schema }

export interface TableColumnsContext<C> extends Omit<ColumnsContext<C>, 'input' | 'probe'> {
  readonly inputs: Inputs
  /** What `describe` answered for these settings and inputs; null for a node without it. */
  readonly described: Json
}

/** One split's rows of one input, in a lane. */
export interface TableWriteContext<C> extends RunContext<C> {
  readonly input: Input
  /** What must outlast a crash is written through it. */
  readonly disk: Disk
  /** The input's name. */
  readonly name: string
  /** The split's place in the run: splits follow one another in source order. */
  readonly splitIndex: number
  /** A fresh name for a staged file, absolute, in the run's folder; the same when the split runs again. */
  readonly stage: (ending: string) => string
}

/** What was staged of one input, in the order of the splits. */
export interface Gathering {
  readonly schema: Schema
  readonly staged: readonly { readonly split: number; readonly receipt: Receipt }[]
}

export interface GatherContext<C> {
  readonly config: C
  readonly node: string
  readonly inputs: { readonly [input: string]: Gathering }
  /** The columns that `columns` promised. */
  readonly output: Schema
  /** An empty folder in the run's folder for what is made; it is removed when the run has ended well. */
  readonly folder: string
  readonly disk: Disk
  /** Bytes that it may use: the run's memory cap, which no batch uses meanwhile. */
  readonly memory: number
  readonly threads: number
  /** A split's most rows and bytes. */
  readonly target: { readonly rows: number; readonly bytes: number }
  readonly now: Date
  readonly signal: AbortSignal
  readonly log: RunContext<C>['log']
}

/** What came out of all rows together: the splits of the next phase. Plain JSON; its files are durable. */
export interface Gathered {
  readonly splits: readonly Split[]
  /** The rows that lay in each input's staged files (`Identity.hashes`): compared with those that entered. */
  readonly found: { readonly [input: string]: { readonly rows: number; readonly sum: Checksum } }
  /** Input rows that are in no row that leaves; all others count as parents. */
  readonly filtered: { readonly rows: number; readonly sum: Checksum }
  /**
   * Each row that leaves is one that came in, under its identity, and each split has its `rows` and `sum`: what came in
   * must be what leaves and what is filtered. Left out where rows are new ones, as those of an aggregate.
   */
  readonly passed?: boolean
  /** Whatever `read` wants to find again. */
  readonly data: Json
}

export interface TableReadContext<C> extends RunContext<C> {
  readonly split: Split
  readonly data: Json
  /** The columns that leave. */
  readonly schema: Schema
}

/**
 * A node that needs all rows of its inputs (sort, join, aggregate): it ends a phase of the run. Lanes stage what
 * reaches it; when nothing more can come, `gather` makes the rows that leave it, and lanes go on with their splits.
 */
export interface TableNode<C extends Settings = Settings> extends NodeInfo<C> {
  readonly kind: 'table'
  /** Names of the inputs; undefined: one without a name; null: as the edges name them. */
  readonly inputs?: (config: Static<C>) => readonly string[] | null
  /** Inputs whose rows only go along with those of the others: a run over new files alone reads their sources whole. */
  readonly beside?: readonly string[]
  /** What is different where a run sees the rows of new files alone, as half a sentence; undefined: nothing. */
  readonly ofSome?: string
  /** Says what `columns` needs of an engine (a query's columns). Depends on its arguments alone and is kept by them. */
  readonly describe?: (context: {
    readonly config: Static<C>
    readonly inputs: Inputs
    readonly signal: AbortSignal
  }) => Promise<Json>
  /** The columns that leave. Pure. Returns what it can where it reports a problem. */
  readonly columns: (context: TableColumnsContext<Static<C>>) => readonly Field[]
  /**
   * Of a node with one input: the columns of it that it stages, in an order that others do not change. Those may be
   * missing from the input, and none of them leaves. Undefined: all. Pure.
   */
  readonly reads?: (context: { readonly config: Static<C>; readonly input: Schema }) => readonly string[]
  /** As for a transform; a column of the input `right` is named `right.column`. */
  readonly origins?: (context: Pick<TableColumnsContext<Static<C>>, 'config' | 'inputs' | 'described'>) => Origins
  readonly write: (context: TableWriteContext<Static<C>>) => Promise<Receipt>
  readonly gather: (context: GatherContext<Static<C>>) => Promise<Gathered>
  /** One split's rows, each with its identity: `new Batch(scope, schema, columns, identity)`. */
  readonly read: (context: TableReadContext<Static<C>>) => AsyncIterable<Batch>
}
