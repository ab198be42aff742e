import type { Static } from 'typebox'
import type { Disk } from '../disk/disk.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { ColumnsContext, Input, Json, NodeInfo, ProbeContext, RunContext, Settings } from './info.ts'

/** What a lane staged for a sink from one split: durable, not visible. Plain JSON. */
export interface Receipt {
  readonly rows: number
  readonly bytes: number
  /** Staged files, absolute. */
  readonly files: readonly string[]
  readonly data?: Json
}

export interface SinkWriteContext<C> extends RunContext<C> {
  readonly input: Input
  /** What must outlast a crash is written through it. */
  readonly disk: Disk
  readonly probe: Json
  /** The split's place in the run, from 0. */
  readonly splitIndex: number
  /** A fresh name for a staged file, absolute, on the file system of the output; the name is the same when the split is tried again, and another after a crash. */
  readonly stage: (ending: string) => string
}

export interface SinkOpenContext<C> {
  readonly config: C
  readonly node: string
  readonly probe: Json
  readonly schema: Schema
  readonly resolve: (path: string) => string
  /** What must outlast a crash is written through it: the steps of a commit are its fault points in tests. */
  readonly disk: Disk
  readonly runId: string
  /** Rows of an earlier run that were rejected there: they are added to what that one stored. */
  readonly replay?: boolean
  /** What the last commit of an interrupted run returned as `state`; null on a first run. */
  readonly resumed: Json | null
  /** The fingerprints of the models upstream, for a table that remembers them. */
  readonly models: readonly { readonly node: string; readonly column: string; readonly fingerprint: Json }[]
  readonly log: RunContext<C>['log']
}

/**
 * A sink open for a run, in the main thread; only one call at a time. An error that `commit` or the sink's `write` throws
 * is taken for the fault of a row: the engine calls it again with halves of the rows until that row is alone, and rejects
 * it with the error's message. So either must do all or nothing. What `fault` knows (disk, network, memory) is tried
 * again with the same rows instead; a HeadraceError (a wrong password) ends the run, unless it says `ofRows`. A call that
 * ends the process is halved the same way by the runs after it.
 */
export interface OpenSink {
  /** The folder where lanes stage files: beside the output, on its file system. */
  readonly stageFolder: string
  /**
   * Makes receipts durable, in source order; there are none where nothing came, and only `state` is wanted. `intend`
   * writes a record to the ledger and waits until it is on disk.
   * `state` is what `open` gets as `resumed` if the run stops after this.
   */
  readonly commit: (
    receipts: readonly Receipt[],
    intend: (intent: Json) => Promise<void>,
  ) => Promise<{ readonly state: Json; readonly replaced?: number }>
  /** After a crash between an intent and its record: the commit's result if it took place, else null. */
  readonly recover?: (
    intent: Json,
    receipts: readonly Receipt[],
  ) => Promise<{ readonly state: Json; readonly replaced?: number } | null>
  /**
   * After the last commit, for a sink that `replaces` by a column: removes stored rows whose column has one of these
   * values, but for those of which this run has stored rows. May be called again after a crash; gives their number.
   */
  readonly forget?: (values: readonly string[]) => Promise<number>
  /** After that: puts the output in place. `replacedRows`: of earlier runs, in whose place this one put others. */
  readonly finish: () => Promise<{
    readonly path: string
    readonly rows: number
    readonly bytes: number
    readonly replacedRows?: number
  }>
  /** Stops without finishing; what is staged stays for a resume. */
  readonly close: () => Promise<void>
}

export interface SinkNode<C extends Settings = Settings> extends NodeInfo<C> {
  readonly kind: 'sink'
  /** Most receipts, rows and bytes of one commit; default: whatever is ready. */
  readonly group?: { readonly rows: number; readonly bytes: number; readonly seconds: number }
  readonly probe?: (context: ProbeContext<Static<C>>) => Promise<Json>
  /** Checks the columns that enter; reports problems. Pure. */
  readonly columns?: (context: ColumnsContext<Static<C>>) => void
  /**
   * Whose place rows take that are stored again: of the row with their key, or of all rows with their value in a column
   * (`{ column }`). Undefined or null: nobody's, they are added.
   */
  readonly replaces?: (config: Static<C>) => 'row' | { readonly column: string } | null
  readonly open: (context: SinkOpenContext<Static<C>>) => Promise<OpenSink>
  readonly write: (context: SinkWriteContext<Static<C>>) => Promise<Receipt>
  /**
   * The stored row that has the key of `row`, whose columns are those that entered; `values` is null where there is
   * none. Undefined: the rows have no key by which they are found.
   */
  readonly find?: (context: {
    config: Static<C>
    resolve: (path: string) => string
    row: Readonly<Record<string, unknown>>
  }) => Promise<{ readonly key: string; readonly values: Record<string, unknown> | null } | undefined>
  /** The stored rows nearest to a vector, nearest first, with `_distance`. `column`: the vector column. */
  readonly search?: (context: {
    config: Static<C>
    resolve: (path: string) => string
    column: string
    vector: Float32Array
    limit: number
  }) => Promise<Record<string, unknown>[]>
}
