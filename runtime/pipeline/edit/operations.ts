import type { Json } from '../../sdk/node.ts'
import type { Pipeline, PipelineEdge, PipelineNode } from '../model.ts'

// Every change that the page makes to a pipeline: pure, from a pipeline to a pipeline.

export type Spot = readonly [x: number, y: number]

/** An id that no node has yet: `filter`, `filter-2`. `wanted` is made to fit what ids may be. */
export function freeId(pipeline: Pipeline, wanted: string): string {
  const base =
    wanted
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '') || 'node'
  if (!Object.hasOwn(pipeline.nodes, base)) return base
  for (let n = 2; ; n++) if (!Object.hasOwn(pipeline.nodes, `${base}-${n}`)) return `${base}-${n}`
}

export const addNode = (pipeline: Pipeline, id: string, node: PipelineNode, at: Spot): Pipeline =>
  moveNodes({ ...pipeline, nodes: { ...pipeline.nodes, [id]: node } }, { [id]: at })

/** Takes nodes away with their edges; `reconnect` ties what fed each to what it fed. */
export function removeNodes(pipeline: Pipeline, ids: readonly string[], reconnect = false): Pipeline {
  let { edges } = pipeline
  for (const id of ids) {
    const before = edges.filter(({ to }) => to.node === id)
    const after = edges.filter(({ from }) => from.node === id && from.port !== 'rejects')
    const rest = edges.filter(({ from, to }) => from.node !== id && to.node !== id)
    const ties = reconnect ? before.flatMap(({ from }) => after.map(({ to }) => ({ from, to }))) : []
    edges = [...rest, ...ties.filter((tie) => !rest.some((edge) => sameEdge(edge, tie)))]
  }
  const keep = <T>(record: { readonly [id: string]: T }) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !ids.includes(id)))
  return {
    ...pipeline,
    nodes: keep(pipeline.nodes),
    edges,
    ...(pipeline.layout && { layout: keep(pipeline.layout) }),
  }
}

export const sameEdge = (a: PipelineEdge, b: PipelineEdge): boolean =>
  a.from.node === b.from.node && a.from.port === b.from.port && a.to.node === b.to.node && a.to.port === b.to.port

export const connect = (pipeline: Pipeline, edge: PipelineEdge): Pipeline =>
  pipeline.edges.some((one) => sameEdge(one, edge)) ? pipeline : { ...pipeline, edges: [...pipeline.edges, edge] }

export const disconnect = (pipeline: Pipeline, edge: PipelineEdge): Pipeline => ({
  ...pipeline,
  edges: pipeline.edges.filter((one) => !sameEdge(one, edge)),
})

/** Puts a node into an edge: the edge now ends at it, and a new one goes on to the old end. */
export function splice(pipeline: Pipeline, edge: PipelineEdge, id: string, port = ''): Pipeline {
  const at = pipeline.edges.findIndex((one) => sameEdge(one, edge))
  if (at < 0) return pipeline
  const edges = [...pipeline.edges]
  edges.splice(at, 1, { from: edge.from, to: { node: id, port: '' } }, { from: { node: id, port }, to: edge.to })
  return { ...pipeline, edges }
}

/** Sets a value inside a node's settings; undefined takes the key away. `path` as in `['columns', 'price']`. */
export function setSetting(
  pipeline: Pipeline,
  id: string,
  path: readonly (string | number)[],
  value: Json | undefined,
): Pipeline {
  const node = pipeline.nodes[id]
  if (!node) return pipeline
  const config = withValue(node.config, path, value) as PipelineNode['config']
  return { ...pipeline, nodes: { ...pipeline.nodes, [id]: { ...node, config } } }
}

function withValue(inside: Json | undefined, path: readonly (string | number)[], value: Json | undefined): Json {
  const [key, ...rest] = path
  if (key === undefined) return value ?? {}
  if (typeof key === 'number') {
    const list = Array.isArray(inside) ? [...(inside as readonly Json[])] : []
    if (rest.length === 0 && value === undefined) list.splice(key, 1)
    else list[key] = withValue(list[key], rest, value)
    return list
  }
  const object = typeof inside === 'object' && inside !== null && !Array.isArray(inside) ? inside : {}
  const { [key]: before, ...others } = object as { readonly [key: string]: Json }
  if (rest.length === 0 && value === undefined) return others
  return { ...(object as { readonly [key: string]: Json }), [key]: withValue(before, rest, value) }
}

/** Sets or (undefined) takes away a node's title, note or `disabled`. */
export function setNodeKey<K extends 'title' | 'note' | 'disabled'>(
  pipeline: Pipeline,
  id: string,
  key: K,
  value: PipelineNode[K] | undefined,
): Pipeline {
  const node = pipeline.nodes[id]
  if (!node) return pipeline
  const { [key]: _, ...rest } = node
  const empty = value === undefined || value === false || value === ''
  const { type, config } = node
  return { ...pipeline, nodes: { ...pipeline.nodes, [id]: { type, config, ...rest, ...(!empty && { [key]: value }) } } }
}

export function moveNodes(pipeline: Pipeline, spots: { readonly [id: string]: Spot }): Pipeline {
  const layout: Record<string, Spot> = { ...pipeline.layout }
  for (const [id, [x, y]] of Object.entries(spots)) layout[id] = [Math.round(x), Math.round(y)]
  return { ...pipeline, layout }
}
