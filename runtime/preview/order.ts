import type { Checked } from '../catalogue/check.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { PipelineEdge } from '../pipeline/model.ts'
import type { Problem } from '../pipeline/problem.ts'

/** What a preview goes through. */
export interface Way {
  /** Each after those that feed it. */
  readonly nodes: readonly CheckedNode[]
  readonly edges: readonly PipelineEdge[]
  /** What the check found wrong on the way. */
  readonly problems: readonly Problem[]
}

/** The nodes up to `target`, or all; those that the check found wrong, and what only they feed, are left out. */
export function wayTo(checked: Checked, target: string | null): Way {
  const wrong = new Set(checked.problems.filter(stops).map(({ place }) => place.node))
  const above = target === null ? null : upTo(target, checked)
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
    problems: checked.problems.filter(stops).filter(({ place }) => !place.node || !above || above.has(place.node)),
  }
}

/** A problem that hides what a node would do; that rows are stored nowhere, or where others lie already, does not. */
export const stops = ({ severity, code }: Problem): boolean =>
  severity === 'error' && code !== 'output-exists' && code !== 'no-sink'

/** A node and all that leads to it, over disabled ones too: they have no place in a run, but rows before them have. */
function upTo(target: string, { edges, pipeline }: Checked): Set<string> {
  const found = new Set([target])
  const all = [...edges, ...(pipeline?.edges ?? [])]
  for (const id of found) for (const { from, to } of all) if (to.node === id) found.add(from.node)
  return found
}

/** The ports of a node whose rows are kept: those with an edge; all of a node that leads nowhere. */
export function keptPorts({ ports, outputs }: CheckedNode): readonly string[] {
  const led = ports.filter((port) => outputs.some(({ from }) => from.port === port))
  return led.length ? led : ports
}
