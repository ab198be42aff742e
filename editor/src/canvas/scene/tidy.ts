import { Graph, layout } from '@dagrejs/dagre'
import type { Spot } from '@headrace/runtime/pipeline'
import { onGrid } from '../card/shape.ts'

/** What is to be arranged: a box and, where it must stay with others, its group. */
export interface Box {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly group?: string
}

export interface Tie {
  readonly from: string
  readonly to: string
}

/** Between two cards: a chip fits. */
export const gapX = 116
export const gapY = 40

/** Arranges boxes from left to right along their ties, on the grid; a group's boxes stay together. Gives upper left corners. */
export function arrange(boxes: readonly Box[], ties: readonly Tie[]): Record<string, Spot> {
  const groups = new Set(boxes.flatMap(({ group }) => (group ? [group] : [])))
  const graph = new Graph({ compound: groups.size > 0, multigraph: true })
  graph.setGraph({ rankdir: 'LR', ranksep: gapX, nodesep: gapY, edgesep: 16, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height })
  for (const group of groups) graph.setNode(groupKey(group), {})
  for (const { id, group } of boxes) if (group) graph.setParent(id, groupKey(group))
  for (const [i, { from, to }] of ties.entries()) {
    if (graph.hasNode(from) && graph.hasNode(to) && from !== to) graph.setEdge(from, to, {}, `${i}`)
  }
  layout(graph)
  const corners = boxes.map(({ id, width, height }): [string, Spot] => {
    const { x, y } = graph.node(id) as { x: number; y: number } // dagre's own types leave them open
    return [id, [x - width / 2, y - height / 2]]
  })
  const left = Math.min(...corners.map(([, [x]]) => x))
  const top = Math.min(...corners.map(([, [, y]]) => y))
  return Object.fromEntries(corners.map(([id, [x, y]]) => [id, onGrid([x - left, y - top])]))
}

// Ids of nodes hold no colon.
const groupKey = (group: string): string => `group:${group}`
