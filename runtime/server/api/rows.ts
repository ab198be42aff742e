import type { ParamValue } from '../../pipeline/params/value.ts'
import type { Problem } from '../../pipeline/problem.ts'

/** A column as the page shows it; `type` as people write it: `int64`, `list<string>`, `float32[384]`. */
export interface ColumnView {
  readonly name: string
  readonly type: string
}

/** One value, cut on the server so that no message grows with the data. int64, decimals and times are exact texts. */
export type Cell =
  | null
  | boolean
  | number
  | string
  | { readonly text: string; readonly length: number }
  | { readonly vector: number; readonly norm: number; readonly sketch: readonly number[] }
  | { readonly bytes: number; readonly head: string }
  | { readonly json: string; readonly length: number }

/** Rows for a table: at most 200. `identities` are as in dead letters: `emoji : emoji.csv : 17`. */
export interface RowsPage {
  readonly columns: readonly ColumnView[]
  readonly rows: readonly (readonly Cell[])[]
  readonly identities: readonly string[]
  /** How many rows passed in all; null where nobody knows. */
  readonly total: number | null
  /** Milliseconds since the run started. */
  readonly at: number
  /** One for each column: over the whole sample of a preview, over the latest rows of a run. */
  readonly profile?: readonly ColumnProfile[]
}

/** What a column holds, over the rows that were looked at. */
export interface ColumnProfile {
  readonly name: string
  readonly rows: number
  readonly nulls: number
  /** Different values, nulls aside; null where values are not compared (vectors, lists). */
  readonly distinct: number | null
  /** False: `distinct` is an estimate, within about 2 %. */
  readonly exact: boolean
  readonly min: Cell
  readonly max: Cell
  /** Up to 24 bins of equal width: of the values, of the lengths of texts and lists, of the norms of vectors. */
  readonly histogram: {
    readonly of: 'values' | 'lengths' | 'norms'
    /** Where the first bin starts and the last ends. Times in microseconds or their unit, dates in days. */
    readonly from: number
    readonly to: number
    readonly counts: readonly number[]
  } | null
  /** The ten commonest values, most first; only those that stand more than once. */
  readonly commonest: readonly { readonly value: Cell; readonly count: number }[]
}

/** Rows of one edge while a run is at work. `edge` is its key: `emoji.rejects → store`. */
export interface RowsAsk {
  readonly run: string
  readonly edge: string
}

/** POST /api/preview: the source's first rows through the graph up to `node`. Opens no sink. */
export interface PreviewQuestion {
  readonly pipeline: string
  readonly text: string
  /** Where to stop; null: everywhere. */
  readonly node: string | null
  /** Values of its parameters; the others come from the environment or their defaults. */
  readonly params?: { readonly [name: string]: ParamValue }
  /** Rows of each source; default 2,000, fewer into a model. */
  readonly rows?: number
  /** Who asks: a newer preview of a pipeline takes the place of the same asker's only. */
  readonly client?: string
}

export interface PreviewAnswer {
  readonly problems: readonly Problem[]
  readonly nodes: {
    readonly [id: string]: {
      readonly in: number
      readonly out: number
      readonly filtered: number
      readonly rejected: number
      /** Taken from an earlier preview. */
      readonly cached: boolean
      /** Only so many of its rows were given to it (models). */
      readonly limited: boolean
    }
  }
  /** By edge key; of a node without edges by `id → `. */
  readonly edges: { readonly [key: string]: RowsPage }
  readonly rejected: RejectedPage
  /** True where the sample is the whole of every source. */
  readonly complete: boolean
  readonly seconds: number
}

/** A rejected row. `line`, `raw` and `file` are a source's; `cells` the original values of any other node. */
export interface RejectedRow {
  /** Its place in the file of rejected rows, from 0: what Replay names. */
  readonly index: number
  readonly identity: string
  readonly node: string
  readonly code: string
  readonly message: string
  readonly column: string | null
  readonly file: string | null
  readonly line: number | null
  readonly raw: string | null
  readonly values: { readonly [column: string]: Cell }
}

export interface RejectedPage {
  readonly total: number
  readonly rows: readonly RejectedRow[]
}

/** POST /api/search */
export interface SearchQuestion {
  readonly pipeline: string
  readonly text: string
  readonly node: string
  readonly question: string
  readonly params?: { readonly [name: string]: ParamValue }
  readonly rows?: number
}

export interface SearchAnswer {
  readonly rows: RowsPage
  readonly milliseconds: number
}
