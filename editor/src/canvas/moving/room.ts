import { moveNodes, type Pipeline, type PipelineEdge, type Spot } from '@headrace/runtime/pipeline'
import { cardWidth } from '../card/shape.ts'
import { gapX } from '../scene/tidy.ts'

const pitch = cardWidth + gapX

/**
 * Makes room for a node that was put into an edge: it stands one step right of what feeds it, and what follows moves
 * on to the right as far as that takes.
 */
export function makeRoom(
  pipeline: Pipeline,
  edge: PipelineEdge,
  id: string,
  spots: ReadonlyMap<string, Spot>,
): Pipeline {
  const [from, to] = [spots.get(edge.from.node), spots.get(edge.to.node)]
  if (!from || !to || to[0] <= from[0]) return pipeline
  const shift = from[0] + 2 * pitch - to[0]
  if (shift <= 0) return pipeline
  const moved: Record<string, Spot> = { [id]: [from[0] + pitch, Math.round((from[1] + to[1]) / 16) * 8] }
  for (const node of downstream(pipeline, edge.to.node)) {
    const spot = spots.get(node)
    if (spot && spot[0] >= to[0] && node !== id) moved[node] = [spot[0] + shift, spot[1]]
  }
  return moveNodes(pipeline, moved)
}

function downstream({ edges }: Pipeline, start: string): Set<string> {
  const found = new Set([start])
  for (const node of found) for (const { from, to } of edges) if (from.node === node) found.add(to.node)
  return found
}
