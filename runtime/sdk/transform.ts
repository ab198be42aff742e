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
