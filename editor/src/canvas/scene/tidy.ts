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
  /** Which input of `to` it leads to, from the top; of a node with several. */
  readonly input?: number
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
  untwist(corners, boxes, ties)
  const left = Math.min(...corners.map(([, [x]]) => x))
  const top = Math.min(...corners.map(([, [, y]]) => y))
  return Object.fromEntries(corners.map(([id, [x, y]]) => [id, onGrid([x - left, y - top])]))
}

// Ids of nodes hold no colon.
const groupKey = (group: string): string => `group:${group}`

/** Boxes that nothing leads to and that feed one node's inputs stand in the order of those: their ties do not cross. */
function untwist(corners: [string, Spot][], boxes: readonly Box[], ties: readonly Tie[]): void {
  const fed = new Set(ties.map(({ to }) => to))
  const height = new Map(boxes.map((box) => [box.id, box.height]))
  const byNode = Map.groupBy(ties, ({ to }) => to)
  for (const into of byNode.values()) {
    const feeders = into
      .filter(({ from, input }) => {
        return input !== undefined && !fed.has(from) && ties.filter((tie) => tie.from === from).length === 1
      })
      .sort((a, b) => (a.input ?? 0) - (b.input ?? 0))
      .flatMap(({ from }) => corners.filter(([id]) => id === from))
    const [first] = feeders
    const alike = feeders.every(([id, [x]]) => x === first?.[1][0] && height.get(id) === height.get(first[0]))
    if (!alike) continue
    const tops = feeders.map(([, [, y]]) => y).sort((a, b) => a - b)
    for (const [i, corner] of feeders.entries()) corner[1] = [corner[1][0], tops[i] ?? corner[1][1]]
  }
}
