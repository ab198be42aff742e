import type { CheckedNode } from '../pipeline/check.ts'
import type { PipelineEdge } from '../pipeline/model.ts'
import type { Problem } from '../pipeline/problem.ts'

/** What a preview goes through. */
export interface Way {
  /** Each after those that feed it. */
  readonly nodes: readonly CheckedNode[]
  readonly edges: readonly PipelineEdge[]
}

/** The nodes up to `target`, or all; those that the check found wrong, and what only they feed, are left out. */
export function wayTo(
  checked: {
    readonly nodes: Readonly<Record<string, CheckedNode>>
    readonly order: readonly string[]
    readonly edges: readonly PipelineEdge[]
    readonly problems: readonly Problem[]
  },
  target: string | null,
): Way {
  const wrong = new Set(checked.problems.filter(stops).map(({ place }) => place.node))
  const above = target === null ? null : upTo(target, checked.edges)
  const fit = new Set<string>()
  for (const id of checked.order) {
    const node = checked.nodes[id] as CheckedNode
    const known = node.definition.kind === 'source' ? node.output : node.input
    const leaves = node.definition.kind === 'sink' || node.output
    const fed = node.inputs.every(({ from }) => fit.has(from.node))
    if (known && leaves && fed && !wrong.has(id) && (above?.has(id) ?? true)) fit.add(id)
  }
  return {
    nodes: checked.order.filter((id) => fit.has(id)).map((id) => checked.nodes[id] as CheckedNode),
    edges: checked.edges.filter(({ from }) => fit.has(from.node)),
  }
}

/** A problem that hides what a node would do; that a sink's output is there already does not. */
export const stops = ({ severity, code }: Problem): boolean => severity === 'error' && code !== 'output-exists'

function upTo(target: string, edges: readonly PipelineEdge[]): Set<string> {
  const found = new Set([target])
  for (const id of found) for (const { from, to } of edges) if (to.node === id) found.add(from.node)
  return found
}

/** The ports of a node whose rows are kept: those with an edge; all of a node that leads nowhere. */
export function keptPorts({ ports, outputs }: CheckedNode): readonly string[] {
  const led = ports.filter((port) => outputs.some(({ from }) => from.port === port))
  return led.length ? led : ports
}
