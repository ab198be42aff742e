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
  /** What its probe found, in words for people: `{ dimension: '384', pooling: 'mean' }`. Of a source its probe says it. */
  readonly detected?: (context: { readonly config: Static<C>; readonly probe: Json }) => {
    readonly [what: string]: string
  }
  /**
   * Memory that a heavy engine or a model takes whatever the rows are, once for all nodes with the same `name`; measured.
   * `perWorker`: what each worker adds to it; of a model, `perSession`: what each session after the first adds (left
   * out: as much as the first one). `copies`: how often it has a large row in memory, where that is more than
   * once or twice. `input`: the columns that enter, null where they are not known.
   */
  readonly footprint?: (context: {
    readonly config: Static<C>
    readonly probe: Json
    readonly input: Schema | null
  }) => {
    readonly name: string
    readonly bytes: number
    readonly perWorker?: number
    readonly perSession?: number
    readonly copies?: number
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
  /** The rows that enter a node with several inputs, by the input's name. */
  readonly inputs?: {
    readonly [input: string]: {
      readonly columns: readonly Field[]
      readonly rows: readonly Record<string, unknown>[]
    }
  }
  /** Files made in an empty folder before a source's example runs; paths in `config` are relative to it. */
  readonly files?: { readonly [path: string]: string | Uint8Array }
  /** Rows that come out, at the port named or at the only one. */
  readonly output?: readonly Record<string, unknown>[] | { readonly [port: string]: readonly Record<string, unknown>[] }
  readonly rejected?: number
}

/** Reports a problem of one setting; `setting` is a path inside `config`: `columns.price`, `routes[0].where`. */
export type Report = (
  problem: Omit<Problem, 'place' | 'severity'> & {
    setting?: string
    severity?: 'error' | 'warning'
    /** The column that is meant: for a click that takes another instead. */
    column?: string
  },
) => void

/**
 * What a node may use before a run, when it looks at files or models: the only I/O before a run. It may look before the
 * reader has chosen a column: a required setting of the format `column` may be missing then, and none else.
 */
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
  /** The files of a source that count, by their `path`; all where it is not given. */
  readonly only?: (path: string) => boolean
  /** Columns that a source has whether the sample shows them or not, with types that are pinned. */
  readonly pinned?: readonly Field[]
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
