import type { Static, TSchema } from 'typebox'
import type { Batch, Column, Failure, Scope } from '../memory/index.ts'
import type { Problem } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { ColumnType, Field } from '../pipeline/types.ts'

/** Any JSON value: what crosses to a worker and into a run's folder. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A settings schema; the inferred type flows into the node's functions. */
export type Settings = TSchema

/** What every kind of node says about itself. `type` is the file's path, `transforms/filter`. */
export interface NodeInfo<C extends Settings> {
  readonly title: string
  /** One sentence: what the node does, for the palette and the reference. */
  readonly description: string
  /** A `Type.Object`: each setting's description is its help, its default the default, its examples run as tests. */
  readonly config: C
  /** One line for the card, made from the settings. */
  readonly summary?: (config: Static<C>) => string
  /** Memory that a heavy engine or a model takes whatever the rows are, once for all nodes with the same `name`; measured. */
  readonly footprint?: (context: { readonly config: Static<C>; readonly probe: Json }) => {
    readonly name: string
    readonly bytes: number
  }
  /** Small complete uses; the contract test runs each. */
  readonly examples: readonly Example[]
}

/** A use of a node: its settings, the rows (or files) that go in, and what comes out. */
export interface Example {
  readonly title: string
  readonly config: { readonly [setting: string]: Json }
  /** The columns that enter (transforms, models, sinks). */
  readonly input?: readonly Field[]
  readonly rows?: readonly Record<string, unknown>[]
  /** Files made in an empty folder before a source's example runs; paths in `config` are relative to it. */
  readonly files?: { readonly [path: string]: string | Uint8Array }
  /** Rows that come out, at the port named or at the only one. */
  readonly output?: readonly Record<string, unknown>[] | { readonly [port: string]: readonly Record<string, unknown>[] }
  readonly rejected?: number
}

/** Reports a problem of one setting; `setting` is a path inside `config`: `columns.price`, `routes[0].where`. */
export type Report = (
  problem: Omit<Problem, 'place' | 'severity'> & { setting?: string; severity?: 'error' | 'warning' },
) => void

/** What a node may use before a run, when it looks at files or models: the only I/O before a run. */
export interface ProbeContext<C> {
  readonly config: C
  /** The id of the node in the pipeline. */
  readonly node: string
  /** The pipeline file's folder; relative paths in settings start here. */
  readonly folder: string
  /** An absolute path from a setting. */
  readonly resolve: (path: string) => string
  readonly report: Report
  readonly signal: AbortSignal
}

/** A file as it was when the run was planned; a run refuses another version of it. */
export interface SourceFile {
  /** Relative to the pipeline's folder where it lies below it, else absolute. */
  readonly path: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/** What a source's probe found. Plain JSON, so that it can be cached and sent to workers. */
export interface SourceProbe {
  readonly columns: readonly Field[]
  readonly files: readonly SourceFile[]
  /** What was detected, in words for people: `{ delimiter: ';', encoding: 'windows-1252' }`. */
  readonly detected?: { readonly [what: string]: string }
  /** Rows, where the format knows them. */
  readonly rows?: number
  /** Whatever the source wants to find again in `splits` and `read`. */
  readonly data?: Json
}

/** A re-readable piece of a source: at most about 64 MB or 100,000 rows. Small files share a split. */
export interface Split {
  readonly parts: readonly SplitPart[]
  /** Source rows, where they are known (CSV and NDJSON count while they look for borders). */
  readonly rows?: number
  readonly bytes: number
}

/** A range of one file. */
export interface SplitPart {
  /** The file's `path` as in `SourceProbe.files`. */
  readonly path: string
  /** Bytes, row groups or rows, as the source understands them; half open. */
  readonly start: number
  readonly end: number
  /** The number in its file of the range's first row, from 1. */
  readonly firstRow: number
  readonly data?: Json
}

/** A piece of raw input that is no row: it goes to `rejects` with its place. */
export interface SourceReject {
  readonly path: string
  /** The row's number in its file, from 1, a header not counted: a rejected record takes a number too. */
  readonly row: number
  readonly line?: number
  readonly byte?: number
  readonly raw: string
  readonly code: string
  readonly message: string
  readonly column?: string
}

/** What every running node has. */
export interface RunContext<C> {
  readonly config: C
  readonly node: string
  readonly folder: string
  readonly resolve: (path: string) => string
  /** Where columns are made; see `Scope.allocate`, `columnOf`, `batchOf`. */
  readonly scope: Scope
  readonly signal: AbortSignal
  /** Fixed for the whole run. */
  readonly now: Date
  readonly runId: string
  readonly log: (level: 'debug' | 'info' | 'warn', message: string) => void
  /** Adds to a named count that the report shows for this node: `truncated`. */
  readonly count: (name: string, rows: number) => void
  readonly expression: CompileExpression
}

export interface SourceContext<C> extends RunContext<C> {
  readonly split: Split
  readonly probe: SourceProbe
  readonly schema: Schema
  /** Columns that somebody downstream reads; a source may leave the others null. Undefined: all. */
  readonly wanted?: ReadonlySet<string>
  /** A batch of this source: `rows` follow one another from row number `first` of the file, or have `numbers`. */
  readonly batch: (path: string, first: number | Float64Array, rows: number, columns: readonly Column[]) => Batch
  readonly reject: (reject: SourceReject) => void
  /** A row's most bytes; a larger one is a reject that keeps its first 64 KB. */
  readonly maxRowBytes: number
}

export interface SourceNode<C extends Settings = Settings> extends NodeInfo<C> {
  readonly kind: 'source'
  /** Finds files, versions and columns. Reports a problem instead of throwing where a setting is wrong. */
  readonly probe: (context: ProbeContext<Static<C>>) => Promise<SourceProbe>
  /** Cuts the files into splits, in source order. */
  readonly splits: (context: {
    config: Static<C>
    probe: SourceProbe
    resolve: (path: string) => string
    signal: AbortSignal
    /** A split's most rows and bytes; default 100,000 and 64 MB. Fewer rows where a model is on the way. */
    target?: { readonly rows: number; readonly bytes: number }
  }) => Promise<readonly Split[]>
  readonly read: (context: SourceContext<Static<C>>) => AsyncIterable<Batch>
}

/** What `columns` has: everything pure. */
export interface ColumnsContext<C> {
  readonly config: C
  readonly input: Schema
  readonly report: Report
  /** What `probe` gave, for nodes that have one. */
  readonly probe: Json
  /** Type-checks an expression over the input; null and a reported problem where it is wrong. */
  readonly expression: CheckExpression
}

/** Checks an expression against columns; `wanted` is the type it must have. Reports under the setting `at`, found by its text where not given. */
export type CheckExpression = (text: string, input: Schema, wanted?: 'bool', at?: string) => ColumnType | null

/** Compiles an expression to a function from a batch to a column; rows that fail (overflow, division by zero) are in `failures`. */
export type CompileExpression = (text: string, input: Schema, wanted?: 'bool') => CompiledExpression

export interface CompiledExpression {
  readonly type: ColumnType
  (batch: Batch): { readonly column: Column; readonly failures: readonly Failure[] }
}

/** The input of a transform: batches, pulled one at a time, all of one schema. */
export interface Input extends AsyncIterable<Batch> {
  readonly schema: Schema
}

export type Output = Batch | { readonly port: string; readonly batch: Batch }

export interface TransformContext<C> extends RunContext<C> {
  readonly input: Input
  readonly probe: Json
  /** Rows that this node let out in the splits before this one; only for a node with `ordered`. */
  readonly outBefore: number
}

export interface TransformNode<C extends Settings = Settings> extends NodeInfo<C> {
  readonly kind: 'transform'
  /** Output ports besides `rejects`; undefined: one, without a name. */
  readonly ports?: (config: Static<C>) => readonly string[]
  /** Splits must pass one after the other in source order (`sample first`). */
  readonly ordered?: (config: Static<C>) => boolean
  readonly probe?: (context: ProbeContext<Static<C>>) => Promise<Json>
  /** The columns that leave (every port the same). Pure. Returns what it can where it reports a problem. */
  readonly columns: (context: ColumnsContext<Static<C>>) => readonly Field[]
  readonly run: (context: TransformContext<Static<C>>) => AsyncIterable<Output>
}

/** A model or connection that lanes share, in a worker of its own. */
export interface Resource<C> {
  /** Nodes with equal keys share one resource. */
  readonly key: (context: { config: C; probe: Json }) => string
  readonly open: (context: {
    config: C
    probe: Json
    resolve: (path: string) => string
    threads: number
    log: RunContext<C>['log']
  }) => Promise<Session>
}

/** An open resource. `infer` gets rows of several callers merged, and is bisected when it throws. */
export interface Session {
  /** Most rows and most cost (see `ModelContext.infer`) of one call. A call's cost is rows × the costliest row. */
  readonly limits: { readonly rows: number; readonly cost: number }
  /** The result's columns, one row for each row of the batch, made in the batch's `scope`. */
  readonly infer: (batch: Batch) => Promise<readonly [Field, Column][]>
  readonly close: () => Promise<void>
  /** For the log and the report: which provider it runs on, and why not on others. */
  readonly about: string
}

export interface ModelContext<C> extends TransformContext<C> {
  /**
   * Sends rows to the model. May be called many times before the first answer; answers come in the order of the calls.
   * `costs`: one number a row (its tokens), by which the batching core sorts and cuts; undefined: 1.
   * The answer keeps the batch's rows but for `failures`; whoever asks releases `batch` (`using`).
   */
  readonly infer: (
    batch: Batch,
    costs?: Uint32Array,
  ) => Promise<{ readonly batch: Batch & Disposable; readonly failures: readonly Failure[] }>
}

export interface ModelNode<C extends Settings = Settings> extends Omit<TransformNode<C>, 'kind' | 'run'> {
  readonly kind: 'model'
  readonly resource: Resource<Static<C>>
  /** What makes this model's output what it is (files' hashes, pooling, prefix), and the column it goes to: a vector table remembers it. */
  readonly fingerprint?: (context: { config: Static<C>; probe: Json }) => {
    readonly column: string
    readonly fingerprint: Json
  }
  /** Embeds questions as `headrace search` asks them (`queryPrefix`): one vector each. */
  readonly query?: (context: {
    config: Static<C>
    probe: Json
    resolve: (path: string) => string
    session: Session
    scope: Scope
    texts: readonly string[]
  }) => Promise<Float32Array[]>
  readonly run: (context: ModelContext<Static<C>>) => AsyncIterable<Output>
}

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
  readonly probe: Json
  /** The split's place in the run, from 0. */
  readonly splitIndex: number
  /** A fresh name for a staged file, absolute, on the file system of the output; the name is the same when the split runs again. */
  readonly stage: (ending: string) => string
}

export interface SinkOpenContext<C> {
  readonly config: C
  readonly node: string
  readonly probe: Json
  readonly schema: Schema
  readonly resolve: (path: string) => string
  readonly runId: string
  /** What the last commit of an interrupted run returned as `state`; null on a first run. */
  readonly resumed: Json | null
  /** The fingerprints of the models upstream, for a table that remembers them. */
  readonly models: readonly { readonly node: string; readonly column: string; readonly fingerprint: Json }[]
  readonly log: RunContext<C>['log']
}

/** A sink open for a run, in the main thread; only one call at a time. */
export interface OpenSink {
  /** The folder where lanes stage files: beside the output, on its file system. */
  readonly stageFolder: string
  /**
   * Makes receipts durable, in source order. `intend` writes a record to the ledger and waits until it is on disk.
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
  /** After the last commit: puts the output in place. */
  readonly finish: () => Promise<{ readonly path: string; readonly rows: number; readonly bytes: number }>
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
  readonly open: (context: SinkOpenContext<Static<C>>) => Promise<OpenSink>
  readonly write: (context: SinkWriteContext<Static<C>>) => Promise<Receipt>
  /** The stored rows nearest to a vector, nearest first, with `_distance`. `column`: the vector column. */
  readonly search?: (context: {
    config: Static<C>
    resolve: (path: string) => string
    column: string
    vector: Float32Array
    limit: number
  }) => Promise<Record<string, unknown>[]>
}

export type NodeDefinition = SourceNode | TransformNode | ModelNode | SinkNode

export const source = <C extends Settings>(node: Omit<SourceNode<C>, 'kind'>): SourceNode<C> => ({
  kind: 'source',
  ...node,
})
export const transform = <C extends Settings>(node: Omit<TransformNode<C>, 'kind'>): TransformNode<C> => ({
  kind: 'transform',
  ...node,
})
export const model = <C extends Settings>(node: Omit<ModelNode<C>, 'kind'>): ModelNode<C> => ({
  kind: 'model',
  ...node,
})
export const sink = <C extends Settings>(node: Omit<SinkNode<C>, 'kind'>): SinkNode<C> => ({ kind: 'sink', ...node })
