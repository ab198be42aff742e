import type { Spot } from '@headrace/runtime/pipeline'
import type { EdgeChange, EdgeMouseHandler, NodeChange, NodeMouseHandler, OnNodeDrag } from '@xyflow/react'
import type { DragEvent, MouseEvent as ReactMouseEvent, PointerEvent as ReactPointerEvent } from 'react'
import { upload } from '../api/upload.ts'
import { useDocument } from '../model/document.ts'
import { nodeType } from '../model/library.ts'
import { putOut } from '../model/lit.ts'
import { notifyFailure } from '../model/notices.ts'
import { addSource } from '../model/open.ts'
import { nothing, select, useSelection } from '../model/selection.ts'
import { dragType } from '../palette/NodeList.tsx'
import { addAt, canSplice, spliceIn } from './adding.ts'
import { cardWidth } from './card/shape.ts'
import { settle, takeChanges, takeEdgeSelection } from './moving/changes.ts'
import { hoverEdge, middleOf, takeSplice } from './moving/splicing.ts'
import { readNodeId } from './scene/frames.ts'
import type { CanvasEdge, CanvasNode } from './scene/scene.ts'
import { type MenuTarget, type ScreenSpot, setPointerOnCanvas, spotUnder, stage, useStage } from './stage.ts'
import { takeWire } from './wiring/draw.ts'
import { words } from './words.ts'

const screenOf = ({ clientX: x, clientY: y }: { clientX: number; clientY: number }): ScreenSpot => ({ x, y })

function press(event: ReactPointerEvent): void {
  if (event.button !== 0 || !(event.target instanceof Element)) return
  const { node, port = '', end } = event.target.closest<HTMLElement>('.port')?.dataset ?? {}
  if (node === undefined) return
  event.preventDefault()
  takeWire({ node, port }, end === 'in' ? 'in' : 'out', screenOf(event))
}

function doubleClick(event: ReactMouseEvent): void {
  if (!(event.target instanceof Element)) return
  if (event.target.closest('.react-flow__pane')) {
    stage({ quick: { screen: screenOf(event), at: spotUnder(screenOf(event)) } })
  }
}

function over(event: DragEvent): void {
  const types = event.dataTransfer.types
  if (!types.includes(dragType) && !types.includes('Files')) return
  event.preventDefault()
  event.dataTransfer.dropEffect = 'copy'
  if (types.includes(dragType)) hoverEdge(spotUnder(screenOf(event)), () => true)
}

function drop(event: DragEvent): void {
  const at = spotUnder(screenOf(event))
  const type = event.dataTransfer.getData(dragType)
  if (!type && event.dataTransfer.files.length === 0) return
  event.preventDefault()
  const into = takeSplice()
  if (type) addAt(type, [at[0] - cardWidth / 2, at[1] - 40], into ? { into } : {})
  else void dropFiles([...event.dataTransfer.files], at)
}

function leave(event: DragEvent): void {
  if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) takeSplice()
}

/** Streams files to the server; each becomes a source with what reads it. */
export async function dropFiles(files: readonly File[], [x, y]: Spot): Promise<void> {
  const pipeline = useDocument.getState().id
  if (pipeline === null) return
  for (const [i, file] of files.entries()) {
    const at: Spot = [x, y + i * 136]
    const others = () => useStage.getState().uploads.filter(({ name }) => name !== file.name)
    const progress = (share: number) => stage({ uploads: [...others(), { name: file.name, share, at }] })
    progress(0)
    try {
      addSource(await upload(file, pipeline, progress), at)
    } catch (error) {
      notifyFailure(words.notUploaded(file.name), error)
    } finally {
      stage({ uploads: others() })
    }
  }
}

const drag: OnNodeDrag<CanvasNode> = (_, node, nodes) => {
  if (nodes.length !== 1 || node.type !== 'card') return
  const spot: Spot = [node.position.x, node.position.y]
  hoverEdge(middleOf(node.id, spot), (edge) => canSplice(node.id, edge), node.id)
}

const dragEnd: OnNodeDrag<CanvasNode> = (_, node) => {
  const into = takeSplice()
  if (!into) return settle()
  const kind = node.type === 'card' ? nodeType(node.data.facts.type)?.kind : undefined
  settle((pipeline) => spliceIn(pipeline, into, node.id, kind), words.spliceStep(node.id))
}

const nodeMenu: NodeMouseHandler<CanvasNode> = (event, node) => {
  event.preventDefault()
  const { of, id } = readNodeId(node.id)
  if (of === 'node' && !useSelection.getState().nodes.includes(id)) select({ nodes: [id] })
  if (of === 'group') select({ group: id })
  if (of === 'note') select({ note: id })
  openMenu(of, event)
}

const edgeMenu: EdgeMouseHandler<CanvasEdge> = (event, { id }) => {
  event.preventDefault()
  select({ edge: id })
  openMenu('edge', event)
}

const openMenu = (of: MenuTarget['of'], event: { clientX: number; clientY: number }) =>
  stage({ menu: { of, screen: screenOf(event) } })

/** What the pointer does: handlers for the surface and for React Flow, all of them stable. */
export const pointer = {
  surface: {
    onPointerDown: press,
    onPointerMove: (event: ReactPointerEvent) => setPointerOnCanvas(screenOf(event)),
    onPointerLeave: () => setPointerOnCanvas(null),
    onDoubleClick: doubleClick,
    onDragEnter: over,
    onDragOver: over,
    onDragLeave: leave,
    onDrop: drop,
  },
  flow: {
    onNodesChange: (changes: NodeChange<CanvasNode>[]) => takeChanges(changes),
    onEdgesChange: (changes: EdgeChange<CanvasEdge>[]) => {
      for (const change of changes) if (change.type === 'select') takeEdgeSelection(change.id, change.selected)
    },
    onNodeDrag: drag,
    onNodeDragStop: dragEnd,
    onSelectionDragStop: () => settle(),
    onNodeDoubleClick: (_: ReactMouseEvent, node: CanvasNode) => {
      if (node.type !== 'card') stage({ renaming: node.id })
    },
    onPaneClick: () => {
      useSelection.setState(nothing)
      putOut()
    },
    onNodeContextMenu: nodeMenu,
    onEdgeContextMenu: edgeMenu,
    onPaneContextMenu: (event: ReactMouseEvent | MouseEvent) => {
      event.preventDefault()
      openMenu('canvas', event)
    },
    onSelectionContextMenu: (event: ReactMouseEvent) => {
      event.preventDefault()
      openMenu('node', event)
    },
  },
}
