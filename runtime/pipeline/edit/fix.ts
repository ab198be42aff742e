import type { CheckAnswer } from '../../server/api/pipelines.ts'
import type { Pipeline } from '../model.ts'

/** One click that mends a problem. */
export interface Fix {
  /** Begins with a verb: "Use `price` instead of `preis`". */
  readonly title: string
  readonly change: (pipeline: Pipeline) => Pipeline
  /** The reader must choose a value first: open this setting's picker; `change` does nothing. */
  readonly choose?: { readonly node: string; readonly setting: string }
}

/** What a fix may look at besides the problem. */
export interface FixFacts {
  /** The check's answers before this one, the latest first: they know what columns were called. */
  readonly before?: readonly CheckAnswer[]
  /** Every node type there is. */
  readonly types?: readonly string[]
}
