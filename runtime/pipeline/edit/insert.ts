import type { Pipeline, PipelineEdge, PipelineNode, Port, Spot } from '../model.ts'
import { freeId } from './ids.ts'
import { sameInput } from './inputs.ts'
import { addNode, connect, sameEdge, splice } from './operations.ts'

/** Room for a card with its edges. */
const [column, row] = [304, 136]

/** Puts a node between two: into the edge where it is there, else with two new ones. */
export function insertInto(pipeline: Pipeline, edge: PipelineEdge, wanted: string, node: PipelineNode): Pipeline {
  const id = freeId(pipeline, wanted)
  const added = addNode(pipeline, id, node, spotBetween(pipeline, edge.from.node, edge.to.node))
  if (pipeline.edges.some((one) => sameEdge(one, edge))) return splice(added, edge, id)
  return connect(connect(added, { from: edge.from, to: { node: id, port: '' } }), {
    from: { node: id, port: '' },
    to: edge.to,
  })
}

/** Puts a node before another's input: everything that entered there enters the new one, whose rows go on. */
export function insertBefore(
  pipeline: Pipeline,
  target: string,
  wanted: string,
  node: PipelineNode,
  port = '',
): Pipeline {
  const end: Port = { node: target, port }
  const inputs = pipeline.edges.filter((edge) => sameInput(edge, end))
  const [only] = inputs
  if (only && inputs.length === 1) return insertInto(pipeline, only, wanted, node)
  const id = freeId(pipeline, wanted)
  const from = inputs[0]?.from.node ?? target
  const added = addNode(pipeline, id, node, spotBetween(pipeline, from, target))
  const edges = added.edges.map((edge) =>
    sameInput(edge, end) ? { from: edge.from, to: { node: id, port: '' } } : edge,
  )
  return connect({ ...added, edges }, { from: { node: id, port: '' }, to: end })
}

/** In the middle where there is room for a card, else below. */
export function spotBetween({ layout = {} }: Pipeline, from: string, to: string): Spot {
  const [a, b] = [layout[from], layout[to]]
  if (!a || !b) return a ? [a[0] + column, a[1]] : b ? [b[0] - column, b[1]] : [0, 0]
  const middle: Spot = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  const near = Math.abs(b[0] - a[0]) < 2 * column && Math.abs(b[1] - a[1]) < 2 * row
  return near ? [middle[0], Math.max(a[1], b[1]) + row] : middle
}

/** A place to the right of a node, or to the left (-1). */
export function spotBeside({ layout = {} }: Pipeline, node: string, side: 1 | -1 = 1): Spot {
  const [x, y] = layout[node] ?? [0, 0]
  return [x + side * column, y]
}
