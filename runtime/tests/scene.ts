import type { Pipeline, PipelineEdge, PipelineNode } from '../pipeline/model.ts'
import type { ExpectSpot, PutSpot } from './spots.ts'

/** The part of a pipeline that a test plays: its nodes between what is put in and what is expected. */
export interface Scene {
  readonly pipeline: Pipeline
  /** What is put in, by the type that stands in its place in the scene's pipeline. */
  readonly given: ReadonlyMap<string, PutSpot>
  /** Sources that are reached from what is expected, and at which nothing is put in. */
  readonly bare: readonly string[]
  /** Where something is put in that leads to nothing expected. */
  readonly idle: readonly PutSpot[]
}

/** The type of what takes the rows of a sink, and of ways that lead out of the scene. */
export const takingType = 'test/takes'

/** Cuts the scene out of a pipeline: what is put in takes the place of what leads there, sinks only take. */
export function sceneOf(
  pipeline: Pipeline,
  puts: readonly PutSpot[],
  expects: readonly ExpectSpot[],
  inputOf: (edge: PipelineEdge) => string,
  isSource: (node: string) => boolean,
): Scene {
  const isCut = (edge: PipelineEdge) => puts.some(({ node, input }) => node === edge.to.node && input === inputOf(edge))
  const edges = pipeline.edges.filter((edge) => !isCut(edge))
  const on = reachedFrom(new Set(expects.map(({ node }) => node)), edges)
  const nodes: Record<string, PipelineNode> = {}
  const own: PipelineEdge[] = edges.filter(({ to }) => on.has(to.node))
  const given = new Map<string, PutSpot>()
  const fresh = freshIds(pipeline)
  for (const [id, node] of Object.entries(pipeline.nodes)) if (on.has(id)) nodes[id] = node
  for (const spot of puts.filter(({ node }) => on.has(node))) {
    const type = `test/gives-${given.size + 1}`
    given.set(type, spot)
    const { config } = nodes[spot.node] as PipelineNode
    if (spot.isSource) nodes[spot.node] = { type, config: spot.put.kind === 'rows' ? {} : config }
    else {
      const id = fresh(`put-${spot.node}`)
      nodes[id] = { type, config: {} }
      own.push({ from: { node: id, port: '' }, to: { node: spot.node, port: portOf(spot) } })
    }
  }
  const takes = (from: PipelineEdge['from']) => {
    const id = fresh('rest')
    nodes[id] = { type: takingType, config: {} }
    own.push({ from, to: { node: id, port: '' } })
  }
  // A way out of the scene stays one: what leaves by a port that leads nowhere counts as filtered.
  for (const { from, to } of edges) if (on.has(from.node) && !on.has(to.node)) takes(from)
  for (const { node, port, enters } of expects)
    if (enters) nodes[node] = { type: takingType, config: {} }
    else if (port !== null && !own.some(({ from }) => from.node === node && from.port === port)) takes({ node, port })
  const { layout: _layout, groups: _groups, notes: _notes, ...rest } = pipeline
  return {
    pipeline: { ...rest, nodes, edges: own },
    given,
    bare: [...on].filter((id) => isSource(id) && !puts.some(({ node }) => node === id)),
    idle: puts.filter(({ node }) => !on.has(node)),
  }
}

/** The node's input as an edge names it. */
const portOf = ({ at }: PutSpot): string => at.split('.')[1] ?? ''

function reachedFrom(start: ReadonlySet<string>, edges: readonly PipelineEdge[]): Set<string> {
  const found = new Set(start)
  for (const id of found) for (const { from, to } of edges) if (to.node === id) found.add(from.node)
  return found
}

function freshIds({ nodes }: Pipeline): (like: string) => string {
  const taken = new Set(Object.keys(nodes))
  return (like) => {
    let id = like
    for (let n = 2; taken.has(id); n++) id = `${like}-${n}`
    taken.add(id)
    return id
  }
}
