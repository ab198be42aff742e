import type { RunValues } from '../pipeline/params/resolve.ts'
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
  /** Of a node that needs all rows: the columns of each input by its name. */
  readonly inputs: { readonly [input: string]: readonly Field[] } | null
  readonly output: readonly Field[] | null
  readonly rejects: readonly Field[] | null
  readonly onError: 'reject' | 'fail'
  /** Milliseconds that a call of the model may take. */
  readonly timeout: number | null
  /** The model's resource; nodes with equal keys share it. */
  readonly resource: string | null
  /** A larger row is rejected where it enters; undefined: none is. */
  readonly maxRowBytes?: number
  /** A sink that keeps the rows' identities as a column of its input. */
  readonly lineage?: true
  /** Columns are missing here that nobody reads: a row that is rejected has its split taken once more with all of them. */
  readonly narrowed?: true
  /** Of a source that leaves columns out: all that it has; `output` are those that it reads. */
  readonly whole?: readonly Field[]
}

export interface EdgePlan {
  readonly index: number
  readonly from: string
  /** '' for the only output. */
  readonly port: string
  readonly to: string
  /** The input as the edge names it; '' for the only one. */
  readonly toPort: string
  /** The input's name. */
  readonly input: string
}

/** What a lane needs to run splits. Edges that lead to no sink are left out: their rows count as filtered. */
export interface FlowPlan {
  readonly nodes: readonly NodePlan[]
  readonly edges: readonly EdgePlan[]
  readonly folder: string
  readonly runId: string
  readonly now: number
  /** What `param.x` and `run.x` are in expressions. */
  readonly values: RunValues
  /** Most bytes of one row. */
  readonly maxRowBytes: number
  /** Bytes of batches that wait at a fan-out before they go to a file. */
  readonly queueBytes: number
  /** Rows that each source may give, `--limit`; null: all. */
  readonly limit: number | null
  /** The nodes where sources leave out what nobody reads; undefined or null: nothing is left out. */
  readonly narrow?: readonly NodePlan[] | null
}

/** Nodes that a split passes, in order, and the edges between them. */
export interface Reach {
  readonly nodes: readonly NodePlan[]
  readonly edges: readonly EdgePlan[]
}

/**
 * What the splits of a source pass, or those of a node that needs all rows once it has made its own. At another such
 * node they end: only what it rejects goes on.
 */
export function reach(plan: Reach, source: string): Reach {
  const found = new Set([source])
  const edges: EdgePlan[] = []
  for (const node of plan.nodes) {
    if (!found.has(node.id)) continue
    const own = plan.edges.filter((edge) => edge.from === node.id && leaves(node, edge, source))
    for (const edge of own) found.add(edge.to)
    edges.push(...own)
  }
  return { nodes: plan.nodes.filter((node) => found.has(node.id)), edges: edges.sort((a, b) => a.index - b.index) }
}

function leaves({ id, kind }: NodePlan, { port }: EdgePlan, source: string): boolean {
  return kind !== 'table' || (port === 'rejects') === (id !== source)
}

/** Where a split's rows come to rest: a sink, or an input of a node that needs all rows. */
export interface End {
  /** Receipts and commits go by it: the sink's id, or `join.left`. */
  readonly id: string
  readonly node: NodePlan
  /** The input's name; null for a sink. */
  readonly input: string | null
}

/** How an input of a node that needs all rows is called among the ends; no node's id has a dot. */
export const inputId = (node: string, input: string): string => `${node}.${input}`

/** The ends of a run, or of the splits of one source. */
export function endsOf({ nodes, edges }: Reach, source?: string): End[] {
  return nodes.flatMap((node): End[] => {
    if (node.kind === 'sink') return [{ id: node.id, node, input: null }]
    if (node.kind !== 'table' || node.id === source) return []
    const fed = new Set(edges.flatMap((edge) => (edge.to === node.id ? [edge.input] : [])))
    return Object.keys(node.inputs ?? {})
      .filter((input) => fed.has(input))
      .map((input) => ({ id: inputId(node.id, input), node, input }))
  })
}
