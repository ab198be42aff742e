import type { Problem } from '../pipeline/problem.ts'
import type { Json } from '../sdk/node.ts'

/** A value that is another, or stands on one side only. */
export interface ValueChange {
  /** `where`, `columns.net`, `routes[0].where`. */
  readonly setting: string
  /** Left out: it is not set. */
  readonly before?: Json
  readonly after?: Json
  /** What counts where it is not set. */
  readonly fallback?: Json
  /** The same entries in another order. */
  readonly order?: true
}

export interface NodeChange {
  readonly id: string
  readonly type: string
  /** The name that it had. */
  readonly was?: string
  readonly typeBefore?: string
  readonly disabled?: boolean
  readonly settings: readonly ValueChange[]
}

/** A column that is another on some edges; null: it is not there. */
export interface ColumnChange {
  readonly column: string
  readonly before: string | null
  readonly after: string | null
  readonly edges: readonly string[]
}

/** What a run of the new pipeline does again, if the old one has run. */
export interface Again {
  /** Where other rows begin, and every node that has other rows. */
  readonly from: readonly string[]
  readonly nodes: readonly string[]
  /** Nodes whose rows are the same. */
  readonly same: readonly string[]
  /** Sinks that store the same rows in another way or place. */
  readonly stored: readonly string[]
  /** Models that run again over all rows, and those that are others. */
  readonly models: readonly string[]
  readonly otherModels: readonly string[]
  /** Why `run --new` asks for `--accept`; empty: it does not. */
  readonly asks: readonly string[]
  /** Whether an unfinished run of the old pipeline can go on. */
  readonly resumes: boolean
}

/** What two versions of a pipeline differ in. */
export interface Review {
  readonly added: readonly {
    readonly id: string
    readonly type: string
    readonly config: { readonly [name: string]: Json }
  }[]
  readonly removed: readonly { readonly id: string; readonly type: string }[]
  readonly changed: readonly NodeChange[]
  readonly edges: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    /** Nodes whose edges come in another order: their rows do too. */
    readonly reordered: readonly string[]
  }
  readonly params: readonly ValueChange[]
  readonly settings: readonly ValueChange[]
  readonly columns: readonly ColumnChange[]
  /** Edges whose columns are not known on a side, and why. */
  readonly unknown: readonly {
    readonly edges: readonly string[]
    readonly side: 'old' | 'new' | 'both'
    readonly why: string
  }[]
  readonly again: Again
  readonly problems: { readonly added: readonly Problem[]; readonly solved: readonly Problem[] }
  /** What is only drawn or told otherwise: layout, groups, notes, titles, name, description. */
  readonly drawing: readonly string[]
}
