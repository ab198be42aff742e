import type { Static } from 'typebox'
import type { Batch, Column, Failure, Scope } from '../memory/index.ts'
import type { Field } from '../pipeline/types.ts'
import type { Json, RunContext, Settings } from './info.ts'
import type { Output, TransformContext, TransformNode } from './transform.ts'

/**
 * A model or connection that lanes share. `open` is called once for each session that the plan gives it, each in a
 * thread of its own: as many as cores, where their memory (`footprint`) allows it.
 */
export interface Resource<C> {
  /** Nodes with equal keys share one resource. */
  readonly key: (context: { config: C; probe: Json }) => string
  readonly open: (context: {
    config: C
    probe: Json
    resolve: (path: string) => string
    /** That one call may use. */
    threads: number
    log: RunContext<C>['log']
  }) => Promise<Session>
  /** `one`: not several, whatever the plan has room for. A service that bears one connection, a GPU. */
  readonly sessions?: 'one' | ((context: { config: C; probe: Json }) => 'one' | 'several')
}

/**
 * An open resource; it has one call at a time. `infer` gets rows of several callers merged; when it throws, or ends the process, it is asked for
 * halves of them until the row at fault is alone, which is rejected. What `fault` knows (network, memory) is tried again.
 */
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
