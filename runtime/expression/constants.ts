import type { ColumnType } from '../pipeline/types.ts'
import type { Value } from './tree.ts'

/** A typed value that an expression knows by name, the same in every row. */
export interface Constant {
  readonly type: ColumnType
  readonly value: Value
}

/** What `param.day`, `run.id` and `run.date` are. */
export interface Constants {
  readonly param: { readonly [name: string]: Constant }
  readonly run: { readonly [name: string]: Constant }
}

/** None: every `param.x` is unknown. */
export const noConstants: Constants = { param: {}, run: {} }

/** Names of `run` that are no columns: `run.id` is the run's, and any other `run.x` is a field of a column. */
export const runNames: ReadonlySet<string> = new Set(['id', 'date'])
