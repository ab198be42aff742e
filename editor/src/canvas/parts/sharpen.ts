import { canvasElement } from '../stage.ts'

let drawnAt = 0

/**
 * The canvas is a layer of its own, so that dragging it draws nothing anew (`will-change` in canvas.css). Such a layer
 * keeps the sharpness of the zoom at which it was first drawn: after a zoom it is put down and taken up again.
 */
export function sharpen(zoom: number): void {
  const viewport = canvasElement()?.querySelector<HTMLElement>('.react-flow__viewport')
  if (!viewport || zoom === drawnAt) return
  drawnAt = zoom
  viewport.style.willChange = 'auto'
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      viewport.style.willChange = ''
    }),
  )
}
