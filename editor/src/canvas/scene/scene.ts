import type { ColumnView } from '@headrace/runtime/api'
import { edgeText, type Pipeline, type PipelineEdge, type Spot } from '@headrace/runtime/pipeline'
import { type Edge, type Node, Position } from '@xyflow/react'
import { nameId } from '../card/nameid.ts'
import { type CardShape, cardHeight, cardWidth, handleId, plainShape, portsOf } from '../card/shape.ts'
import { words } from '../words.ts'
import { type CardFacts, factsOf, type Known, shapesOf } from './facts.ts'
import { type Box, frameOf, groupNodeId, hiddenIn, noteNodeId, noteSize } from './frames.ts'
import { spotsOf } from './spots.ts'

/** A card's part in React Flow's state: nothing live. */
export interface CardData extends Record<string, unknown> {
  readonly facts: CardFacts
  readonly shape: CardShape
}

/** A group's frame, or its card when it is folded. */
export interface GroupData extends Record<string, unknown> {
  readonly group: string
  readonly name: string
  readonly members: readonly string[]
  readonly collapsed: boolean
}

export interface NoteData extends Record<string, unknown> {
  readonly note: string
  readonly text: string
}

export type CardNode = Node<CardData, 'card'>
export type GroupNode = Node<GroupData, 'frame'>
export type NoteNode = Node<NoteData, 'note'>
export type CanvasNode = CardNode | GroupNode | NoteNode

/** What an edge shows at rest. */
export interface ChannelData extends Record<string, unknown> {
  readonly edge: PipelineEdge
  readonly columns: readonly ColumnView[] | null
  /** The run's edges that it stands for. */
  readonly live: readonly string[]
  readonly rejects: boolean
}

export type CanvasEdge = Edge<ChannelData, 'channel'>

/** The drawing of a pipeline, without what is selected or being dragged. */
export interface Scene {
  readonly nodes: readonly CanvasNode[]
  readonly edges: readonly CanvasEdge[]
  readonly spots: ReadonlyMap<string, Spot>
  readonly shapes: ReadonlyMap<string, CardShape>
  /** Nodes in folded groups, and the group's node that stands for each. */
  readonly hidden: ReadonlyMap<string, string>
}

export const emptyScene: Scene = { nodes: [], edges: [], spots: new Map(), shapes: new Map(), hidden: new Map() }

/** Draws a pipeline: cards in reading order (each after those that feed it), frames, notes, edges. Pure. */
export function sceneOf(pipeline: Pipeline, known: Known, order: readonly string[]): Scene {
  const shapes = shapesOf(pipeline, known)
  const facts = factsOf(pipeline, known)
  const spots = spotsOf(pipeline, shapes)
  const hidden = hiddenIn(pipeline)
  const cards = order.flatMap((id): CardNode[] => {
    const [shape, own, spot] = [shapes.get(id), facts.get(id), spots.get(id)]
    return shape && own && spot && !hidden.has(id) ? [cardNode(own, shape, spot)] : []
  })
  const groups = Object.entries(pipeline.groups ?? {}).flatMap(([group, { name, nodes, collapsed = false }]) => {
    const members = nodes.filter((node) => spots.has(node))
    const box = frameOf(members, spots, shapes, collapsed)
    return box ? [groupNode({ group, name, members, collapsed }, box, known.running)] : []
  })
  const notes = Object.entries(pipeline.notes ?? {}).map(([note, { text, at, size }]): NoteNode => {
    const [x, y] = at
    const [width, height] = size ?? noteSize
    const base = {
      id: noteNodeId(note),
      type: 'note' as const,
      data: { note, text },
      zIndex: -1,
      ariaLabel: words.noteCalled(text),
    }
    return { ...base, position: { x, y }, width, height, measured: { width, height } }
  })
  return { nodes: [...groups, ...notes, ...cards], edges: channels(pipeline, known, hidden), spots, shapes, hidden }
}

const sides = { left: Position.Left, right: Position.Right, bottom: Position.Bottom }

function cardNode(facts: CardFacts, shape: CardShape, [x, y]: Spot): CardNode {
  const domAttributes = { 'aria-labelledby': nameId(facts.id), 'aria-roledescription': words.node }
  return { id: facts.id, type: 'card', position: { x, y }, ...measures(shape), data: { facts, shape }, domAttributes }
}

// React Flow need not measure what is known: size and ports follow from the shape.
function measures(shape: CardShape) {
  const [width, height] = [cardWidth, cardHeight(shape)]
  const handles = portsOf(shape).map(({ port, end, side, x, y }) => ({
    id: handleId({ port, end }),
    type: end === 'in' ? ('target' as const) : ('source' as const),
    position: sides[side],
    x,
    y,
    width: 0,
    height: 0,
  }))
  return { width, height, measured: { width, height }, handles }
}

// A folded group is a card at its frame's corner.
function groupNode(data: GroupData, [x, y, width, height]: Box, running: boolean): GroupNode {
  const ariaLabel = words.groupCalled(data.name, data.members.length)
  const base = { id: groupNodeId(data.group), type: 'frame' as const, position: { x, y }, data, ariaLabel }
  if (data.collapsed) return { ...base, ...measures({ ...plainShape, running }) }
  return { ...base, width, height, measured: { width, height }, zIndex: -1 }
}

function channels(pipeline: Pipeline, { checked }: Known, hidden: ReadonlyMap<string, string>): CanvasEdge[] {
  const seen = new Set<string>()
  const drawn = (id: string) => hidden.get(id) ?? id
  return pipeline.edges.flatMap((edge, i): CanvasEdge[] => {
    const id = edgeText(edge)
    const [source, target] = [drawn(edge.from.node), drawn(edge.to.node)]
    const ends = edge.from.node in pipeline.nodes && edge.to.node in pipeline.nodes
    if (seen.has(id) || !ends || (source === target && hidden.has(edge.from.node))) return []
    seen.add(id)
    const rejects = edge.from.port === 'rejects'
    const view = checked?.edges[i]
    const data: ChannelData = { edge, columns: view?.columns ?? null, live: view?.live ?? [id], rejects }
    const folded = source !== edge.from.node
    const sourceHandle = folded && !rejects ? null : edge.from.port || null
    const targetHandle = handleId({ port: target === edge.to.node ? edge.to.port : '', end: 'in' })
    return [{ id, type: 'channel', source, target, sourceHandle, targetHandle, data }]
  })
}
