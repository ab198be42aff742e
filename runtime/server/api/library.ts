import type { Json } from '../../sdk/node.ts'

export type NodeKind = 'source' | 'transform' | 'table' | 'model' | 'sink'

/** A node type: GET /api/nodes gives `Library`. `config` is JSON Schema (see `runtime/pipeline/shape.ts`). */
export interface NodeTypeView {
  readonly type: string
  readonly kind: NodeKind
  readonly title: string
  readonly description: string
  readonly config: Json
  readonly examples: readonly { readonly title: string; readonly config: Json }[]
  /** Its outputs depend on its settings: `NodeView.ports` has them. */
  readonly routes: boolean
  /** A sink that can be searched, a model that turns a question into a vector. */
  readonly search: boolean
}

export interface Library {
  readonly nodes: readonly NodeTypeView[]
  /** Functions of expressions, for completion and help. */
  readonly functions: readonly { readonly name: string; readonly signature: string; readonly description: string }[]
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
