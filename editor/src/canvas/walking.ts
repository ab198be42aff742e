import { edgeText } from '@headrace/runtime/pipeline'
import { announce } from '../model/announce.ts'
import { useDocument } from '../model/document.ts'
import { select, useSelection } from '../model/selection.ts'
import { focusNode } from './viewing.ts'
import { edgeOf } from './wiring/edges.ts'

/**
 * Alt and an arrow walk along the wires: right from a node to its first edge and on to the node behind it, left the
 * other way, up and down to the other edges of the same node.
 */
export function walk(key: string): void {
  const { nodes, edge: selected } = useSelection.getState()
  const edges = useDocument.getState().pipeline?.edges ?? []
  const edge = edgeOf(selected)
  const node = nodes.at(-1)
  if (edge) {
    if (key === 'ArrowRight' || key === 'ArrowLeft') {
      const next = key === 'ArrowRight' ? edge.to.node : edge.from.node
      select({ nodes: [next] })
      focusNode(next)
      return
    }
    const beside = edges.filter(({ from }) => from.node === edge.from.node)
    const at = beside.indexOf(edge) + (key === 'ArrowDown' ? 1 : -1)
    const next = beside[(at + beside.length) % beside.length]
    if (next) selectEdge(edgeText(next))
  } else if (node !== undefined) {
    const [first] = edges.filter(({ from, to }) => (key === 'ArrowLeft' ? to.node : from.node) === node)
    if (first) selectEdge(edgeText(first))
  }
}

function selectEdge(key: string): void {
  select({ edge: key })
  announce(key)
}
