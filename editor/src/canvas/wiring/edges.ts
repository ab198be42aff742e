import {
  connect,
  disconnect,
  edgeText,
  freeInput,
  type InputNames,
  inputsOf,
  type Pipeline,
  type PipelineEdge,
  type Port,
  portText,
} from '@headrace/runtime/pipeline'
import { announce } from '../../model/announce.ts'
import { edit, useDocument } from '../../model/document.ts'
import { nodeType } from '../../model/library.ts'
import { select } from '../../model/selection.ts'
import { spare } from '../card/shape.ts'
import { sceneNow } from '../scene/store.ts'
import { words } from '../words.ts'
import { judge, type Verdict } from './verdict.ts'
import type { Wire } from './wire.ts'

/** The edge that a wire would make with a node: `port` is the output or the input at which it is aimed; null: at none. */
export function edgeWith(
  wire: Pick<Wire, 'anchor' | 'end' | 'replaces'>,
  node: string,
  port: string | null,
): PipelineEdge {
  const { anchor, end, replaces } = wire
  const from = end === 'out' ? anchor : { node, port: port ?? firstOutput(node) ?? '' }
  const to = end === 'out' ? { node, port } : anchor
  if (to.port !== null && to.port !== spare) return { from, to: { node: to.node, port: to.port } }
  // Dropped on the card that it leads to already, an edge keeps its input.
  if (to.port === null && replaces?.to.node === to.node) return { from, to: replaces.to }
  return { from, to: { node: to.node, port: firstInput(from, to.node, replaces) } }
}

/** A node's inputs: what the check says, or its type while the check has not seen it. */
export function inputsOfNode(node: string): InputNames {
  const { pipeline, checked } = useDocument.getState()
  return inputsOf(checked, node, nodeType(pipeline?.nodes[node]?.type ?? '')?.inputs)
}

/** The input to which a new edge from a port leads: the first free one, else the first. */
export function firstInput(from: Port, node: string, replaces: PipelineEdge | null = null): string {
  const { pipeline } = useDocument.getState()
  const inputs = inputsOfNode(node)
  const free = pipeline && freeInput(replaces ? disconnect(pipeline, replaces) : pipeline, from, node, inputs)
  return free ?? (Array.isArray(inputs) ? (inputs[0] ?? '') : '')
}

/** Judges an edge against the open pipeline; `replaces` is the edge that it would take the place of. */
export function verdictOf(edge: PipelineEdge, replaces: PipelineEdge | null = null): Verdict {
  const { pipeline, checked } = useDocument.getState()
  return pipeline
    ? judge(pipeline, edge, checked, replaces, inputsOfNode(edge.to.node))
    : { fits: false, why: '', fixes: [] }
}

/** The nodes to which a wire can go. */
export function fittingNodes(wire: Pick<Wire, 'anchor' | 'end' | 'replaces'>): Set<string> {
  const ids = Object.keys(useDocument.getState().pipeline?.nodes ?? {})
  const takes = (id: string) => edgesWith(wire, id).some((edge) => verdictOf(edge, wire.replaces).fits)
  return new Set(ids.filter((id) => (wire.end === 'out' || firstOutput(id) !== null) && takes(id)))
}

/** The edges that a wire can make with a node: one for each of its inputs where it looks for one. */
export function edgesWith(wire: Pick<Wire, 'anchor' | 'end' | 'replaces'>, node: string): PipelineEdge[] {
  const inputs = wire.end === 'out' ? inputsOfNode(node) : null
  return Array.isArray(inputs) ? inputs.map((input) => edgeWith(wire, node, input)) : [edgeWith(wire, node, null)]
}

/** A node's first output that is not connected, else its first; null for a sink. */
export function firstOutput(id: string): string | null {
  const outputs = sceneNow().shapes.get(id)?.outputs ?? []
  const used = new Set(
    useDocument.getState().pipeline?.edges.flatMap(({ from }) => (from.node === id ? [from.port] : [])),
  )
  return outputs.find((port) => !used.has(port)) ?? outputs[0] ?? null
}

/** Makes an edge, in place of another where there is one; one step of undo. */
export function makeEdge(edge: PipelineEdge, replaces: PipelineEdge | null = null): void {
  const cut = (pipeline: Pipeline) => (replaces ? disconnect(pipeline, replaces) : pipeline)
  edit(words.connectStep(edge.from.node, portText(edge.to)), (pipeline) => connect(cut(pipeline), edge))
  select({ edge: edgeText(edge) })
  announce(words.connected(edge.from.node, portText(edge.to)))
}

/** Takes an edge away. */
export function cutEdge(edge: PipelineEdge): void {
  edit(words.disconnectStep(edge.from.node, edge.to.node), (pipeline) => disconnect(pipeline, edge))
  announce(words.disconnected(edge.from.node, edge.to.node))
}

/** The edge of the open pipeline with a key. */
export const edgeOf = (key: string | null): PipelineEdge | undefined =>
  key === null ? undefined : useDocument.getState().pipeline?.edges.find((edge) => edgeText(edge) === key)
