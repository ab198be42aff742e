import type { Field } from '../pipeline/types.ts'
import type { Json } from '../sdk/node.ts'

/** A node as workers get it: plain data, its code loaded by `type` on the other side. */
export interface NodePlan {
  readonly id: string
  readonly index: number
  readonly type: string
  readonly kind: 'source' | 'transform' | 'table' | 'model' | 'sink'
  readonly config: { readonly [setting: string]: unknown }
  readonly probe: Json
  readonly input: readonly Field[] | null
  readonly output: readonly Field[] | null
  readonly rejects: readonly Field[] | null
  readonly onError: 'reject' | 'fail'
  /** Milliseconds that a call of the model may take. */
  readonly timeout: number | null
  /** The model's resource; nodes with equal keys share it. */
  readonly resource: string | null
}

export interface EdgePlan {
  readonly index: number
  readonly from: string
  /** '' for the only output. */
  readonly port: string
  readonly to: string
}

/** What a lane needs to run splits. Edges that lead to no sink are left out: their rows count as filtered. */
export interface FlowPlan {
  readonly nodes: readonly NodePlan[]
  readonly edges: readonly EdgePlan[]
  readonly folder: string
  readonly runId: string
  readonly now: number
  /** Most bytes of one row. */
  readonly maxRowBytes: number
  /** Bytes of batches that wait at a fan-out before they go to a file. */
  readonly queueBytes: number
  /** Rows that each source may give, `--limit`; null: all. */
  readonly limit: number | null
}

/** Nodes that a split passes, in order, and the edges between them. */
export interface Reach {
  readonly nodes: readonly NodePlan[]
  readonly edges: readonly EdgePlan[]
}

/** What a source's splits pass. */
export function reach(plan: FlowPlan, source: string): Reach {
  const found = new Set([source])
  for (const node of plan.nodes) {
    if (!found.has(node.id)) continue
    for (const edge of plan.edges) if (edge.from === node.id) found.add(edge.to)
  }
  return {
    nodes: plan.nodes.filter((node) => found.has(node.id)),
    edges: plan.edges.filter((edge) => found.has(edge.from)),
  }
}
