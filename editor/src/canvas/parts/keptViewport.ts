import { getViewportForBounds, type Viewport } from '@xyflow/react'
import { type CardShape, cardHeight, cardWidth } from '../card/shape.ts'
import type { Scene } from '../scene/scene.ts'
import { sceneNow } from '../scene/store.ts'

/** A canvas is not further away than this, and not closer. */
export const zoomLimits = { least: 0.08, most: 2.5 }
/** The room around a pipeline that is shown as a whole, as a part of the canvas. */
export const fitPadding = 0.12

const keyOf = (pipeline: string): string => `headrace-viewport ${pipeline}`

/** Remembers where a pipeline's canvas is; it survives a reload. */
export function keepViewport(pipeline: string, viewport: Viewport): void {
  localStorage.setItem(keyOf(pipeline), JSON.stringify(viewport))
}

/** Where a pipeline's canvas was when it was last looked at; at first, so that all of it is seen. */
export function firstViewport(pipeline: string, scene: Scene, { clientWidth, clientHeight }: HTMLElement): Viewport {
  return readViewport(pipeline) ?? viewportOfAll(scene, clientWidth, clientHeight)
}

/** So long after a pipeline is opened the page around the canvas may still take its place. */
const settling = 1500

/**
 * Shows the whole pipeline again while the panels beside the canvas open for the first time, until the reader touches
 * it; returns what ends it.
 */
export function fitWhileSettling(
  pipeline: string,
  element: HTMLElement,
  show: (viewport: Viewport) => void,
): () => void {
  if (readViewport(pipeline)) return () => {}
  const observer = new ResizeObserver(() => show(viewportOfAll(sceneNow(), element.clientWidth, element.clientHeight)))
  observer.observe(element)
  const end = () => {
    observer.disconnect()
    removeEventListener('pointerdown', end, true)
    removeEventListener('wheel', end, true)
  }
  addEventListener('pointerdown', end, true)
  addEventListener('wheel', end, true)
  setTimeout(end, settling)
  return end
}

function viewportOfAll({ spots, shapes }: Scene, width: number, height: number): Viewport {
  // The first node comes where the next ones have room to its right.
  if (spots.size === 0 || width === 0) return { x: width / 6, y: height / 3, zoom: 1 }
  const corners = [...spots.values()]
  const [left, top] = [Math.min(...corners.map(([x]) => x)), Math.min(...corners.map(([, y]) => y))]
  const right = Math.max(...corners.map(([x]) => x)) + cardWidth
  const bottom = Math.max(...[...spots].map(([id, [, y]]) => y + heightOf(shapes.get(id))))
  const bounds = { x: left, y: top, width: right - left, height: bottom - top }
  return getViewportForBounds(bounds, width, height, zoomLimits.least, 1, fitPadding)
}

const heightOf = (shape: CardShape | undefined): number => (shape ? cardHeight(shape) : 0)

function readViewport(pipeline: string): Viewport | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(pipeline)) ?? 'null')
    return isViewport(kept) ? kept : null
  } catch {
    return null
  }
}

const isViewport = (value: unknown): value is Viewport => {
  const { x, y, zoom } = (value ?? {}) as Partial<Record<string, unknown>> // whatever an older page wrote
  return [x, y, zoom].every((part) => typeof part === 'number' && Number.isFinite(part))
}
