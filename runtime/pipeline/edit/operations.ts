import type { Json } from '../../sdk/node.ts'
import type { Pipeline, PipelineEdge, PipelineNode, PipelineSettings, Spot } from '../model.ts'
import { withoutMembers } from './groups.ts'
import { moveNodes } from './spots.ts'

// Every change that the page makes to a pipeline: pure, from a pipeline to a pipeline.

export const addNode = (pipeline: Pipeline, id: string, node: PipelineNode, at: Spot): Pipeline =>
  moveNodes({ ...pipeline, nodes: { ...pipeline.nodes, [id]: node } }, { [id]: at })

/** Takes nodes away with their edges; `reconnect` ties what fed each, by its first input, to what it fed. */
export function removeNodes(pipeline: Pipeline, ids: readonly string[], reconnect = false): Pipeline {
  let { edges } = pipeline
  for (const id of ids) {
    const into = edges.filter(({ to }) => to.node === id)
    const before = into.filter(({ to }) => to.port === into[0]?.to.port)
    const after = edges.filter(({ from }) => from.node === id && from.port !== 'rejects')
    const rest = edges.filter(({ from, to }) => from.node !== id && to.node !== id)
    const ties = reconnect ? before.flatMap(({ from }) => after.map(({ to }) => ({ from, to }))) : []
    edges = [...rest, ...ties.filter((tie) => !rest.some((edge) => sameEdge(edge, tie)))]
  }
  const keep = <T>(record: { readonly [id: string]: T }) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !ids.includes(id)))
  const rest = {
    ...pipeline,
    nodes: keep(pipeline.nodes),
    edges,
    ...(pipeline.layout && { layout: keep(pipeline.layout) }),
  }
  return withoutMembers(rest, ids)
}

/** Gives a node another id; its edges, place and group follow. The same pipeline where `to` is taken or no id. */
export function renameNode(pipeline: Pipeline, id: string, to: string): Pipeline {
  if (id === to || !Object.hasOwn(pipeline.nodes, id)) return pipeline
  if (!/^[a-z][a-z0-9_-]*$/.test(to) || to in pipeline.nodes) return pipeline
  const other = (name: string) => (name === id ? to : name)
  const keys = <T>(record: { readonly [id: string]: T }) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [other(key), value]))
  const { layout, groups } = pipeline
  const named = Object.entries(groups ?? {}).map(([group, one]) => [group, { ...one, nodes: one.nodes.map(other) }])
  return {
    ...pipeline,
    nodes: keys(pipeline.nodes),
    edges: pipeline.edges.map(({ from, to: end }) => ({
      from: { ...from, node: other(from.node) },
      to: { ...end, node: other(end.node) },
    })),
    ...(layout && { layout: keys(layout) }),
    ...(groups && { groups: Object.fromEntries(named) }),
  }
}

/** Sets or (undefined, empty) takes away the pipeline's name or description. */
export function setTop(pipeline: Pipeline, key: 'name' | 'description', value: string | undefined): Pipeline {
  const { [key]: _, ...rest } = pipeline
  return value ? { ...rest, [key]: value } : rest
}

/** Sets or (undefined) takes away a setting of the whole run: `errorLimit`, `workers`. */
export function setRunSetting<K extends keyof PipelineSettings>(
  pipeline: Pipeline,
  key: K,
  value: PipelineSettings[K] | undefined,
): Pipeline {
  const { [key]: _, ...rest } = pipeline.settings
  return { ...pipeline, settings: value === undefined ? rest : { ...rest, [key]: value } }
}

export const sameEdge = (a: PipelineEdge, b: PipelineEdge): boolean =>
  a.from.node === b.from.node && a.from.port === b.from.port && a.to.node === b.to.node && a.to.port === b.to.port

export const connect = (pipeline: Pipeline, edge: PipelineEdge): Pipeline =>
  pipeline.edges.some((one) => sameEdge(one, edge)) ? pipeline : { ...pipeline, edges: [...pipeline.edges, edge] }

export const disconnect = (pipeline: Pipeline, edge: PipelineEdge): Pipeline => ({
  ...pipeline,
  edges: pipeline.edges.filter((one) => !sameEdge(one, edge)),
})

/** Takes away every edge of a node. */
export const disconnectAll = (pipeline: Pipeline, id: string): Pipeline => ({
  ...pipeline,
  edges: pipeline.edges.filter(({ from, to }) => from.node !== id && to.node !== id),
})

/** Puts a node into an edge: the edge now ends at it, and a new one goes on to the old end. */
export function splice(pipeline: Pipeline, edge: PipelineEdge, id: string, port = '', input = ''): Pipeline {
  const at = pipeline.edges.findIndex((one) => sameEdge(one, edge))
  if (at < 0) return pipeline
  const edges = [...pipeline.edges]
  edges.splice(at, 1, { from: edge.from, to: { node: id, port: input } }, { from: { node: id, port }, to: edge.to })
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
