import type { Static } from 'typebox'
import type { Batch } from '../memory/index.ts'
import type { Field } from '../pipeline/types.ts'
import type { ColumnsContext, Input, Json, NodeInfo, ProbeContext, RunContext, Settings } from './info.ts'

export type Output = Batch | { readonly port: string; readonly batch: Batch }

export interface TransformContext<C> extends RunContext<C> {
  readonly input: Input
  readonly probe: Json
  /** Rows that this node let out in the splits before this one; only for a node with `ordered`. */
  readonly outBefore: number
}

/** By column that leaves, the columns that enter. */
export type Origins = { readonly [column: string]: readonly string[] }

export type OriginsContext<C> = Pick<ColumnsContext<C>, 'config' | 'input' | 'probe'>

export interface TransformNode<C extends Settings = Settings> extends NodeInfo<C> {
  readonly kind: 'transform'
  /** Output ports besides `rejects`; undefined: one, without a name. */
  readonly ports?: (config: Static<C>) => readonly string[]
  /** Splits must pass one after the other in source order (`sample first`). */
  readonly ordered?: (config: Static<C>) => boolean
  readonly probe?: (context: ProbeContext<Static<C>>) => Promise<Json>
  /** The columns that leave (every port the same). Pure. Returns what it can where it reports a problem. */
  readonly columns: (context: ColumnsContext<Static<C>>) => readonly Field[]
  /**
   * The columns of the input that columns which leave are made from, where their name does not say it: a column that
   * is not named here comes from its namesake. Pure; for showing where a column comes from and goes to.
   */
  readonly origins?: (context: OriginsContext<Static<C>>) => Origins
  /**
   * The columns of the input that it looks at or names in its settings. Others only pass through it, under their names
   * or as `origins` says, and may be missing from the input where nobody behind the node reads them. Undefined: all. Pure.
   */
  readonly reads?: (context: OriginsContext<Static<C>>) => readonly string[]
  readonly run: (context: TransformContext<Static<C>>) => AsyncIterable<Output>
}
