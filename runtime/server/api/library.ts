import type { Json } from '../../sdk/node.ts'

export type NodeKind = 'source' | 'transform' | 'table' | 'model' | 'sink'

/** A node type: GET /api/nodes gives `Library`; with `?pipeline=` also what lies beside that pipeline. `config` is JSON Schema (see `runtime/pipeline/shape.ts`). */
export interface NodeTypeView {
  readonly type: string
  readonly kind: NodeKind
  readonly title: string
  readonly description: string
  readonly config: Json
  readonly examples: readonly { readonly title: string; readonly config: Json }[]
  /** Names of its inputs as long as nothing is set, '' for the only one without a name; null: as its edges name them. */
  readonly inputs: readonly string[] | null
  /** Its outputs depend on its settings: `NodeView.ports` has them. */
  readonly routes: boolean
  /** A sink that can be searched, a model that turns a question into a vector. */
  readonly search: boolean
  /** The file of a node that lies beside the pipeline, from the folder that is edited. */
  readonly own?: string
}

export interface Library {
  readonly nodes: readonly NodeTypeView[]
  /** Functions of expressions, for completion and help. */
  readonly functions: readonly { readonly name: string; readonly signature: string; readonly description: string }[]
  /** Nodes beside the pipeline that cannot be loaded, and why; the type '' is the project's libraries. */
  readonly broken: readonly { readonly type: string; readonly message: string; readonly hint?: string }[]
}

/** GET /api/about */
export interface About {
  readonly version: string
  readonly folder: string
  readonly data: readonly string[]
  /** The command that runs Headrace here: `headrace`, or a path. */
  readonly command: string
}

/** GET /api/templates; POST /api/templates/:name copies it and gives `{ id }`. */
export interface TemplateView {
  readonly name: string
  readonly title: string
  readonly description: string
}
