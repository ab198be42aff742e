import type { Books } from './books.ts'
import { type Counters, type EdgeCounter, edgeCounters, type NodeCounter, nodeCounters } from './counters.ts'
import type { FlowPlan } from './flowplan.ts'

/** An edge of a run, as its key names it. */
export interface SnapshotEdge {
  readonly from: string
  readonly port: string
  readonly to: string
  /** The input that it leads to, where the node has several. */
  readonly toPort?: string
}

/** What the counters say now; of a run that was taken up again, with what it had done before. */
export interface Snapshot {
  /** Milliseconds that the run has been at work. */
  readonly at: number
  readonly nodes: { readonly [node: string]: { readonly [counter in NodeCounter]: number } }
  readonly edges: readonly (SnapshotEdge & {
    readonly [counter in EdgeCounter]: number
  })[]
}

export function snapshot(
  flow: FlowPlan,
  counters: Counters,
  { at, now, before }: { at: number; now: number; before?: ReadonlyMap<string, Books> },
): Snapshot {
  const nodes = flow.nodes.map(({ id, index }) => {
    const done = before?.get(id)
    const value = (counter: NodeCounter) => {
      const count = counters.node(index, counter, now)
      return done && counter in done ? count + Number(done[counter as keyof Books]) : count
    }
    return [id, Object.fromEntries(nodeCounters.map((counter) => [counter, value(counter)]))]
  })
  const edges = flow.edges.map((edge) => {
    const { from, port, to, toPort, index } = edge
    const values = edgeCounters.map((counter) => [counter, counters.edge(index, counter, now)])
    const found = Object.fromEntries(values) as Record<EdgeCounter, number>
    return { from, port, to, ...(toPort && { toPort }), ...found, rows: found.rows + rowsBefore(flow, edge, before) }
  })
  return { at: Math.round(at), nodes: Object.fromEntries(nodes), edges }
}

/** Rows that had passed an edge, where the counts of its nodes tell: they are kept by node. */
function rowsBefore(
  { edges }: FlowPlan,
  { from, port, to }: FlowPlan['edges'][number],
  before: ReadonlyMap<string, Books> | undefined,
): number {
  if (!before?.size) return 0
  if (edges.filter((edge) => edge.to === to).length === 1) return before.get(to)?.in ?? 0
  if (port === 'rejects') return before.get(from)?.rejected ?? 0
  const beside = edges.filter((edge) => edge.from === from && edge.port !== 'rejects')
  const out = before.get(from)?.out ?? 0
  return beside.every((edge) => edge.port === port) ? out : 0
}
