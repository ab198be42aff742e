import { whenDrawn } from '../model/drawn.ts'
import { cardHeight, cardWidth } from './card/shape.ts'
import { fitPadding } from './parts/keptViewport.ts'
import { sceneNow } from './scene/store.ts'
import { canvasElement, flowOnPage, middleOnScreen, type ScreenSpot } from './stage.ts'
import { edgeOf } from './wiring/edges.ts'
import { portSpot } from './wiring/portspot.ts'

const motion = (): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120)

/** Shows the whole pipeline. */
export function fit(): void {
  void flowOnPage()?.fitView({ padding: fitPadding, maxZoom: 1, duration: motion() })
}

export function zoomBy(factor: number): void {
  const flow = flowOnPage()
  if (flow) void flow.zoomTo(flow.getZoom() * factor, { duration: motion() })
}

/** Moves the canvas so far that a node is seen, where it is not; at the next frame, when it is drawn. */
export function reveal(id: string): void {
  requestAnimationFrame(() => {
    const flow = flowOnPage()
    const box = canvasElement()?.getBoundingClientRect()
    const { spots, shapes, hidden } = sceneNow()
    const [spot, shape] = [spots.get(id), shapes.get(id)]
    if (!flow || !box || !spot || !shape) return
    const corner = flow.flowToScreenPosition({ x: spot[0], y: spot[1] })
    const { x, y, zoom } = flow.getViewport()
    const [width, height] = [cardWidth * zoom, cardHeight(shape) * zoom]
    const dx = shift(corner.x - box.left, width, box.width)
    const dy = shift(corner.y - box.top, height, box.height)
    if ((dx || dy) && !hidden.has(id)) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: motion() })
  })
}

const margin = 24

function shift(at: number, size: number, room: number): number {
  if (at < margin) return margin - at
  return at + size > room - margin ? room - margin - at - size : 0
}

/** Puts the keyboard's focus on a node's card. */
export function focusNode(id: string): void {
  const shown = sceneNow().hidden.get(id) ?? id
  reveal(id)
  // Of a large pipeline only what is seen is drawn: the card comes when the canvas has moved.
  whenDrawn(() => {
    const element = elementOf(shown)
    element?.focus({ preventScroll: true })
    return Boolean(element)
  })
}

/** The element of a node of the canvas. */
export const elementOf = (id: string): HTMLElement | null =>
  canvasElement()?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`) ?? null

/** Where an edge's middle is on the screen. */
export function edgeOnScreen(key: string): ScreenSpot {
  const flow = flowOnPage()
  const edge = edgeOf(key)
  const [from, to] = [edge && portSpot(edge.from, 'out')?.spot, edge && portSpot(edge.to, 'in')?.spot]
  if (!flow || !from || !to) return middleOnScreen()
  return flow.flowToScreenPosition({ x: (from[0] + to[0]) / 2, y: (from[1] + to[1]) / 2 })
}
