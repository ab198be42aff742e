import type { Checked } from '../catalogue/check.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { edgeText } from '../pipeline/model.ts'
import type { Problem } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import { pageOfBatches, profileOf } from '../rows/index.ts'
import type { PreviewAnswer, RowsPage } from '../server/api/rows.ts'
import { rowsOf } from './noderesult.ts'
import { keptPorts, type Way } from './order.ts'
import { mostRejected } from './rejected.ts'
import type { Result } from './results.ts'

/** A node's result in this preview, and whether an earlier one made it. */
export interface Seen {
  readonly result: Result
  readonly cached: boolean
}

/** What the page shows of a preview. */
export function answerOf(
  checked: Checked,
  way: Way,
  seen: ReadonlyMap<string, Seen>,
  problems: readonly Problem[],
  milliseconds: number,
): PreviewAnswer {
  const edges: Record<string, RowsPage> = {}
  const show = (key: string, id: string, port: string, schema: Schema | null) => {
    const result = seen.get(id)?.result
    if (result && schema) edges[key] = pageOfPort(result, port, schema)
  }
  for (const edge of way.edges) {
    const node = checked.nodes[edge.from.node] as CheckedNode
    show(edgeText(edge), node.id, edge.from.port, edge.from.port === 'rejects' ? node.rejects : node.output)
  }
  const nodes: Record<string, PreviewAnswer['nodes'][string]> = {}
  for (const node of way.nodes) {
    const one = seen.get(node.id)
    if (one) nodes[node.id] = { ...one.result.counts, cached: one.cached, limited: one.result.limited }
    else if (node.definition.kind === 'sink') nodes[node.id] = ofSink(node, seen)
    // What leads nowhere, and what a preview ends at before an edge, is shown under the node's own name.
    const [port = ''] = keptPorts(node)
    if (one && !way.edges.some(({ from }) => from.node === node.id)) show(`${node.id} → `, node.id, port, node.output)
  }
  const all = [...seen.values()].map(({ result }) => result)
  const rows = all.flatMap(({ rejected }) => rejected).slice(0, mostRejected)
  return {
    problems,
    nodes,
    edges,
    rejected: {
      total: all.reduce((sum, { counts }) => sum + counts.rejected, 0),
      rows: rows.map((row, index) => ({ ...row, index })),
    },
    complete: all.every(({ complete }) => complete),
    seconds: Math.round(milliseconds) / 1000,
  }
}

function pageOfPort(result: Result, port: string, schema: Schema): RowsPage {
  const batches = rowsOf(result, port)
  const total = batches.reduce((sum, { rows }) => sum + rows, 0)
  return { ...pageOfBatches(schema.fields, batches, { total }), profile: profileOf(schema.fields, batches) }
}

/** A sink is not opened: what enters is what it would store. */
function ofSink({ inputs }: CheckedNode, seen: ReadonlyMap<string, Seen>): PreviewAnswer['nodes'][string] {
  const rows = inputs.reduce(
    (sum, { from }) =>
      sum + rowsOf(seen.get(from.node)?.result, from.port).reduce((count, batch) => count + batch.rows, 0),
    0,
  )
  return { in: rows, out: rows, filtered: 0, rejected: 0, cached: false, limited: false }
}
