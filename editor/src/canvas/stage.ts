import type { PipelineEdge, Port, Spot } from '@headrace/runtime/pipeline'
import type { ReactFlowInstance } from '@xyflow/react'
import { create } from 'zustand'
import type { CanvasEdge, CanvasNode } from './scene/scene.ts'

/** A place on the screen, in pixels of the window. */
export interface ScreenSpot {
  readonly x: number
  readonly y: number
}

/** The quick search for a node: where it opens, where the node goes, and what it is to be connected with. */
export interface QuickSearch {
  readonly screen: ScreenSpot
  readonly at: Spot
  readonly from?: Port
  /** The wire ends at this input, drawn backwards. */
  readonly to?: Port
  /** The edge into which the node goes. */
  readonly into?: PipelineEdge
}

/** What a context menu is about. */
export interface MenuTarget {
  readonly screen: ScreenSpot
  readonly of: 'node' | 'edge' | 'canvas' | 'group' | 'note'
}

/** What is going on on the canvas; nothing of it belongs to the pipeline. */
export interface Stage {
  /** Where dragged cards are until they are dropped. */
  readonly moved: { readonly [id: string]: Spot }
  /** How large a note is while it is being resized. */
  readonly sized: { readonly [id: string]: readonly [width: number, height: number] }
  /** The edge into which a dropped node would go. */
  readonly splice: string | null
  readonly quick: QuickSearch | null
  readonly menu: MenuTarget | null
  /** The edge whose columns are listed, and where. */
  readonly columns: { readonly edge: string; readonly screen: ScreenSpot } | null
  /** The card, group or note whose words are being edited, as the canvas calls it. */
  readonly renaming: string | null
  /** The output for which a target is being chosen by keyboard. */
  readonly choosing: string | null
  readonly uploads: readonly { readonly name: string; readonly share: number; readonly at: Spot }[]
}

export const useStage = create<Stage>(() => ({
  moved: {},
  sized: {},
  splice: null,
  quick: null,
  menu: null,
  columns: null,
  renaming: null,
  choosing: null,
  uploads: [],
}))

/** Changes what is going on. */
export const stage = (change: Partial<Stage>): void => useStage.setState(change)

export type Flow = ReactFlowInstance<CanvasNode, CanvasEdge>

let flow: Flow | null = null
let element: HTMLElement | null = null

/** The canvas on the page, once it is there. */
export const flowOnPage = (): Flow | null => flow
export const canvasElement = (): HTMLElement | null => element

export function setFlow(instance: Flow | null): void {
  flow = instance
}

export function setCanvasElement(node: HTMLElement | null): void {
  element = node
}

/** The spot of the canvas under a place on the screen. */
export function spotUnder({ x, y }: ScreenSpot): Spot {
  const at = flow?.screenToFlowPosition({ x, y }, { snapToGrid: false }) ?? { x: 0, y: 0 }
  return [at.x, at.y]
}

/** The middle of the canvas as the reader sees it. */
export function middleOnScreen(): ScreenSpot {
  const box = element?.getBoundingClientRect()
  return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 0, y: 0 }
}

let onCanvas: ScreenSpot | null = null

/** Where the pointer is over the canvas; null while it is elsewhere. */
export const pointerOnCanvas = (): ScreenSpot | null => onCanvas

export function setPointerOnCanvas(screen: ScreenSpot | null): void {
  onCanvas = screen
}
