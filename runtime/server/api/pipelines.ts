import type { ParamValue } from '../../pipeline/params/value.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { NodeKind } from './library.ts'
import type { ColumnView } from './rows.ts'

/** A pipeline in the list: GET /api/pipelines. `id` is the file's path in the folder, with slashes: `emoji/pipeline.json`. */
export interface PipelineView {
  readonly id: string
  /** Its `name`, else the file's. */
  readonly name: string
  readonly description: string
  readonly modified: number
  readonly draft: boolean
  readonly nodes: number
  /** The file is not JSON, or not a pipeline that this version reads. */
  readonly broken: boolean
}

/** GET /api/pipelines/:id. `version` is a hash of the file's bytes. */
export interface PipelineText {
  readonly id: string
  /** The file's absolute path. */
  readonly file: string
  readonly text: string
  readonly version: string
  readonly draft: Draft | null
  /** Why the file cannot be saved from here; its text is then for reading only. */
  readonly locked?: string
}

/** POST /api/pipelines gives `PipelineText`. Without a text: an empty pipeline. */
export interface NewPipeline {
  readonly name: string
  readonly text?: string
}

/** What a tab has changed and not saved: PUT /api/pipelines/:id/draft takes `DraftChange` and gives `Draft`, or 409 with the draft that stands. */
export interface Draft {
  readonly text: string
  /** The file's version that the draft started from. */
  readonly base: string
  /** Counts up with every change; 0: none yet. */
  readonly revision: number
  /** The tab that wrote it. */
  readonly client: string
  readonly at: number
}

export interface DraftChange {
  readonly text: string
  readonly base: string
  /** The revision that the tab knew. */
  readonly revision: number
  readonly client: string
}

/** PUT /api/pipelines/:id writes the file. 409 with `PipelineText` where the file on disk is not `base` any more. */
export interface SaveChange {
  readonly text: string
  readonly base: string
  readonly client: string
}

/** POST /api/check */
export interface CheckQuestion {
  readonly pipeline: string
  readonly text: string
  /** Values of its parameters; the others come from the environment or their defaults. */
  readonly params?: { readonly [name: string]: ParamValue }
}

export interface CheckAnswer {
  readonly problems: readonly Problem[]
  /** What each parameter is; null: nobody gave it a value. */
  readonly params: { readonly [name: string]: ParamValue | null }
  readonly nodes: { readonly [id: string]: NodeView }
  /** One for each edge of the file, in its order. */
  readonly edges: readonly EdgeView[]
}

export interface NodeView {
  /** One line for the card, made by the node from its settings and what it found. */
  readonly summary: string
  /** What was detected, for people: `{ delimiter: ';', encoding: 'windows-1252' }`, `{ dimension: '384', pooling: 'mean' }`. */
  readonly detected: { readonly [what: string]: string }
  /** Rows of a source, where the file says so. */
  readonly rows: number | null
  /** The columns that enter by the only input, or by the first. */
  readonly input: readonly ColumnView[] | null
  /** Its inputs in their order, '' for the only one without a name; [] for a source, and where its settings are wrong. */
  readonly inputs: readonly InputView[]
  /** Its edges name its inputs: any word may be one, and an edge without a name leads to `input`. */
  readonly openInputs: boolean
  readonly output: readonly ColumnView[] | null
  readonly rejects: readonly ColumnView[] | null
  /** By column that leaves, the columns that enter from which it is made, `right.id` where its inputs have names; {} for sources and sinks. */
  readonly origins: { readonly [column: string]: readonly string[] }
  /** Output ports besides `rejects`; [''] for one without a name, [] for sinks. */
  readonly ports: readonly string[]
  /** What it is; null where its type is not known. */
  readonly kind: NodeKind | null
  /** `passed`: disabled, its rows go straight on; `off`: it takes no part; `unknown`: there is no such node type. */
  readonly state: 'on' | 'passed' | 'off' | 'unknown'
}

export interface InputView {
  readonly name: string
  /** Null where problems hide them. */
  readonly columns: readonly ColumnView[] | null
}

export interface EdgeView {
  /** Null where problems hide them. */
  readonly columns: readonly ColumnView[] | null
  /** The keys of the edges of a run that this one stands for: `text → vectors`; several or none beside disabled nodes. */
  readonly live: readonly string[]
}
