import type { CheckedNode } from '../pipeline/check.ts'
import type { Problem } from '../pipeline/problem.ts'
import { laneBytes } from './memory.ts'

/** Nodes from which some sink can be reached, in order; rows of the others would go nowhere. */
export function leadingNodes({
  nodes,
  order,
}: {
  readonly nodes: Readonly<Record<string, CheckedNode>>
  readonly order: readonly string[]
}): CheckedNode[] {
  const live = new Set<string>()
  for (const id of [...order].reverse()) {
    const node = nodes[id] as CheckedNode
    if (node.definition.kind === 'sink' || node.outputs.some((edge) => live.has(edge.to.node))) live.add(id)
  }
  return order.filter((id) => live.has(id)).map((id) => nodes[id] as CheckedNode)
}

/** Why so little memory is too little, with the least that works; null where it is enough for one worker. */
export function tooLittle(
  given: number,
  nodes: readonly CheckedNode[],
): Pick<Problem, 'code' | 'message' | 'hint'> | null {
  const least = laneBytes(nodes)
  if (given >= least) return null
  // Rounded up, so that what is named works.
  const written = `${Math.ceil(least / 1e6)}MB`
  return {
    code: 'memory-too-small',
    message: `${sizeOf(given)} of memory is too little: one worker needs ${sizeOf(least)} for the rows on their way`,
    hint: `Give it more: --memory ${written}, or "memory": "${written}" in the pipeline's settings.`,
  }
}

const sizeOf = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`
