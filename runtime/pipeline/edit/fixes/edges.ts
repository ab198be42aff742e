import { wordOf } from '../../graph.ts'
import { edgeText, type Pipeline, type PipelineEdge, portText } from '../../model.ts'
import { nearest } from '../../problem.ts'
import { conflictFixes, typeConflicts } from '../conflicts.ts'
import { connectable } from '../connectable.ts'
import type { Fix } from '../fix.ts'
import { freeInput, inputsOf, sameInput } from '../inputs.ts'
import { columnsOn } from '../kinds.ts'
import { connect, sameEdge } from '../operations.ts'
import type { Ask, Maker } from './ask.ts'

const edgeOf = ({ problem, pipeline }: Ask): PipelineEdge | undefined => pipeline.edges[problem.place.edge ?? -1]

/** Takes one edge away, of two alike the one that is meant. */
function without(pipeline: Pipeline, edge: PipelineEdge): Pipeline {
  const same = pipeline.edges.indexOf(edge)
  const at = same >= 0 ? same : pipeline.edges.findLastIndex((one) => sameEdge(one, edge))
  return { ...pipeline, edges: pipeline.edges.filter((_, i) => i !== at) }
}

const remove = (edge: PipelineEdge): Fix => ({
  title: edge.from.node && edge.to.node ? `Delete the edge ${edgeText(edge)}` : 'Delete the edge',
  change: (pipeline) => without(pipeline, edge),
})

/** An edge with another end, where it stands. */
const instead = (title: string, edge: PipelineEdge, next: PipelineEdge): Fix => ({
  title,
  change: (pipeline) => {
    if (pipeline.edges.some((one) => sameEdge(one, next))) return without(pipeline, edge)
    return { ...pipeline, edges: pipeline.edges.map((one) => (one === edge || sameEdge(one, edge) ? next : one)) }
  },
})

export const removeEdge: Maker = (ask) => {
  const edge = edgeOf(ask)
  return edge ? [remove(edge)] : []
}

export const edgeOutOfSink: Maker = (ask) => {
  const edge = edgeOf(ask)
  if (!edge) return []
  const rejects = { from: { node: edge.from.node, port: 'rejects' }, to: edge.to }
  return [instead(`Lead the rows that ${edge.from.node} rejects`, edge, rejects), remove(edge)]
}

export const edgeIntoSource: Maker = (ask) => {
  const edge = edgeOf(ask)
  if (!edge) return []
  const cut = { ...ask.pipeline, edges: ask.pipeline.edges.filter((one) => one !== edge) }
  const from = { node: edge.to.node, port: '' }
  const inputs = inputsOf(ask.answer, edge.from.node)
  const turned = { from, to: { node: edge.from.node, port: freeInput(cut, from, edge.from.node, inputs) ?? '' } }
  const may = connectable(cut, turned.from, turned.to, null, inputs)
  return [...(may.ok ? [instead(`Turn it round: ${edgeText(turned)}`, edge, turned)] : []), remove(edge)]
}

export const unknownNode: Maker = (ask) => {
  const { pipeline } = ask
  const edge = edgeOf(ask)
  if (!edge) return []
  const end = Object.hasOwn(pipeline.nodes, edge.from.node) ? 'to' : 'from'
  const meant = nearest(edge[end].node, Object.keys(pipeline.nodes))
  const next = { ...edge, [end]: { ...edge[end], node: meant ?? '' } }
  return [...(meant ? [instead(`Use ${meant} instead of ${edge[end].node}`, edge, next)] : []), remove(edge)]
}

/** A port that is none, or none where there are several: each that there is, the nearest first. */
export const unknownPort: Maker = (ask) => {
  const edge = edgeOf(ask)
  if (!edge) return []
  const { from } = edge
  const ports = [...(ask.answer.nodes[from.node]?.ports ?? []), 'rejects']
  const near = from.port ? nearest(from.port, ports.filter(Boolean)) : null
  const sorted = near === null ? ports : [near, ...ports.filter((port) => port !== near)]
  const uses = sorted.slice(0, 4).map((port) => {
    const next = { from: { ...from, port }, to: edge.to }
    return instead(`Lead ${portText(next.from)} on`, edge, next)
  })
  return [...uses, remove(edge)]
}

/** An input that is none, or none where there are several: each that there is, the nearest first, then the free ones. */
export const unknownInput: Maker = (ask) => {
  const { answer, pipeline } = ask
  const edge = edgeOf(ask)
  if (!edge) return []
  const inputs = inputsOf(answer, edge.to.node)
  const words = inputs === 'any' ? [wordOf(edge.to.port)] : (inputs ?? [''])
  const near = edge.to.port ? nearest(edge.to.port, words.filter(Boolean)) : null
  const rank = (port: string) => {
    if (port === near) return 0
    return pipeline.edges.some((one) => sameInput(one, { ...edge.to, port })) ? 2 : 1
  }
  const sorted = words.toSorted((a, b) => rank(a) - rank(b))
  const uses = sorted.slice(0, 4).map((port) => {
    const to = { ...edge.to, port }
    return instead(`Lead it to ${portText(to)}`, edge, { ...edge, to })
  })
  return [...uses, remove(edge)]
}

/** A circle: each of its edges could go, the last one first. */
export const cycle: Maker = ({ problem, pipeline }) => {
  const nodes = problem.message.replace(/^.*?: /, '').split(' → ')
  const pairs = nodes.slice(1).map((to, i) => [nodes[i] as string, to] as const)
  const edges = pairs.flatMap(([from, to]) =>
    pipeline.edges.filter((one) => one.from.node === from && one.to.node === to),
  )
  return edges.toReversed().slice(0, 4).map(remove)
}

/** A column that comes with two types. */
export const unionTypes: Maker = (ask) => {
  const { pipeline, answer, problem } = ask
  const edge = edgeOf(ask)
  if (!edge) return []
  const [, column] = /^column "(.*?)" is /s.exec(problem.message) ?? []
  const conflicts = typeConflicts(pipeline, edge, answer)
  const all = conflicts.some((one) => one.column === column) ? conflicts : []
  const names = pipeline.edges
    .filter((one) => sameInput(one, edge.to))
    .flatMap((one) => columnsOn(answer, pipeline, one) ?? [])
    .map(({ name }) => name)
  return all.length ? [...conflictFixes(edge, all, names), remove(edge)] : [remove(edge)]
}

/** A fix that draws an edge. */
export const feed = (edge: PipelineEdge): Fix => ({
  title: `Connect ${edgeText(edge)}`,
  change: (one) => connect(one, edge),
})
