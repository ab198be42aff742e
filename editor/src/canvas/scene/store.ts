import type { Spot } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import { useDocument } from '../../model/document.ts'
import { useLibrary } from '../../model/library.ts'
import { useLive } from '../../model/live.ts'
import { type Selection, useSelection } from '../../model/selection.ts'
import { type Stage, useStage } from '../stage.ts'
import { frameOf, groupNodeId, noteNodeId } from './frames.ts'
import { readingOrder } from './order.ts'
import { keepSame } from './same.ts'
import { type CanvasEdge, type CanvasNode, emptyScene, type Scene, sceneOf } from './scene.ts'

/** What React Flow is given: the scene with what is selected and dragged. */
export interface Shown {
  readonly scene: Scene
  readonly nodes: CanvasNode[]
  readonly edges: CanvasEdge[]
}

export const useScene = create<Shown>(() => ({ scene: emptyScene, nodes: [], edges: [] }))

/** The drawing as it is now. */
export const sceneNow = (): Scene => useScene.getState().scene

/** Draws the open pipeline whenever something about it changes; returns what ends it. */
export function followScene(): () => void {
  const ends = [
    useDocument.subscribe((now, before) => {
      if (now.pipeline !== before.pipeline || now.checked !== before.checked) draw()
    }),
    useLibrary.subscribe(draw),
    useLive.subscribe((now, before) => {
      if ((now.run === null) !== (before.run === null)) draw()
    }),
    useSelection.subscribe(overlay),
    useStage.subscribe((now, before) => {
      if (now.moved !== before.moved || now.sized !== before.sized) overlay()
    }),
  ]
  draw()
  return () => {
    for (const end of ends) end()
  }
}

function draw(): void {
  const { pipeline, checked } = useDocument.getState()
  const before = sceneNow()
  if (!pipeline) {
    useScene.setState({ scene: emptyScene, nodes: [], edges: [] })
    return
  }
  const types = new Map(useLibrary.getState().nodes.map((type) => [type.type, type]))
  const known = { types, checked, running: useLive.getState().run !== null }
  const next = sceneOf(pipeline, known, readingOrder(pipeline))
  const scene: Scene = {
    ...next,
    nodes: keepSame(before.nodes, next.nodes),
    edges: keepSame(before.edges, next.edges),
  }
  useScene.setState({ scene })
  overlay()
}

function overlay(): void {
  const { scene, nodes, edges } = useScene.getState()
  const selection = useSelection.getState()
  const { moved, sized } = useStage.getState()
  const selected = selectedIds(selection)
  const shownNodes = keepSame(
    nodes,
    scene.nodes.map((node) => withSelection(withSize(withMove(node, scene, moved), sized), selected)),
  )
  const shownEdges = keepSame(
    edges,
    scene.edges.map((edge) => (edge.id === selection.edge ? { ...edge, selected: true, zIndex: 1 } : edge)),
  )
  if (shownNodes !== nodes || shownEdges !== edges) {
    useScene.setState({ nodes: shownNodes as CanvasNode[], edges: shownEdges as CanvasEdge[] })
  }
}

function selectedIds({ nodes, group, note }: Selection): Set<string> {
  const ids = new Set(nodes)
  if (group !== null) ids.add(groupNodeId(group))
  if (note !== null) ids.add(noteNodeId(note))
  return ids
}

const withSelection = (node: CanvasNode, selected: ReadonlySet<string>): CanvasNode =>
  selected.has(node.id) ? { ...node, selected: true } : node

function withSize(node: CanvasNode, sized: Stage['sized']): CanvasNode {
  const size = sized[node.id]
  if (!size) return node
  const [width, height] = size
  return { ...node, width, height, measured: { width, height } }
}

function withMove(node: CanvasNode, scene: Scene, moved: { readonly [id: string]: Spot }): CanvasNode {
  if (node.type === 'frame') {
    if (!node.data.members.some((id) => moved[id])) return node
    const spots = new Map(scene.spots)
    for (const id of node.data.members) if (moved[id]) spots.set(id, moved[id])
    const box = frameOf(node.data.members, spots, scene.shapes, node.data.collapsed)
    return box ? { ...node, position: { x: box[0], y: box[1] } } : node
  }
  const spot = moved[node.id]
  return spot ? { ...node, position: { x: spot[0], y: spot[1] } } : node
}
