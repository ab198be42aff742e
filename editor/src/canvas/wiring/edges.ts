import { connect, disconnect, edgeText, type Pipeline, type PipelineEdge } from '@headrace/runtime/pipeline'
import { announce } from '../../model/announce.ts'
import { edit, useDocument } from '../../model/document.ts'
import { select } from '../../model/selection.ts'
import { sceneNow } from '../scene/store.ts'
import { words } from '../words.ts'
import { judge, type Verdict } from './verdict.ts'
import type { Wire } from './wire.ts'

/** The edge that a wire would make with a node; `port` is an output where the wire looks for one. */
export const edgeWith = ({ anchor, end }: Pick<Wire, 'anchor' | 'end'>, node: string, port: string): PipelineEdge =>
  end === 'out' ? { from: anchor, to: { node, port: '' } } : { from: { node, port }, to: anchor }

/** Judges an edge against the open pipeline; `replaces` is the edge that it would take the place of. */
export function verdictOf(edge: PipelineEdge, replaces: PipelineEdge | null = null): Verdict {
  const { pipeline, checked } = useDocument.getState()
  return pipeline ? judge(pipeline, edge, checked, replaces) : { fits: false, why: '', fixes: [] }
}

/** The nodes to which a wire can go. */
export function fittingNodes(wire: Pick<Wire, 'anchor' | 'end' | 'replaces'>): Set<string> {
  const ids = Object.keys(useDocument.getState().pipeline?.nodes ?? {})
  const takes = (id: string) => verdictOf(edgeWith(wire, id, firstOutput(id) ?? ''), wire.replaces).fits
  return new Set(ids.filter((id) => (wire.end === 'out' || firstOutput(id) !== null) && takes(id)))
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
  edit(words.connectStep(edge.from.node, edge.to.node), (pipeline) => connect(cut(pipeline), edge))
  select({ edge: edgeText(edge) })
  announce(words.connected(edge.from.node, edge.to.node))
}

/** Takes an edge away. */
export function cutEdge(edge: PipelineEdge): void {
  edit(words.disconnectStep(edge.from.node, edge.to.node), (pipeline) => disconnect(pipeline, edge))
  announce(words.disconnected(edge.from.node, edge.to.node))
}

/** The edge of the open pipeline with a key. */
export const edgeOf = (key: string | null): PipelineEdge | undefined =>
  key === null ? undefined : useDocument.getState().pipeline?.edges.find((edge) => edgeText(edge) === key)
