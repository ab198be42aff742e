import { canvasElement } from '../stage.ts'

let shield: HTMLElement | null = null

const take = (element: HTMLElement | null): void => {
  shield = element
}

/**
 * Lies over the canvas while it is being dragged: otherwise the browser looks at each move of the pointer through
 * hundreds of cards and edges for what is under it, which takes longer than drawing them.
 */
export function PanShield() {
  return <div className="pan-shield" ref={take} hidden />
}

/**
 * Puts the shield up once the pointer drags the canvas, not at the press: a click must reach what it is meant for. What
 * is drawn becomes a layer that is only moved; at rest it is none, since the text of a layer is less sharp.
 */
export function raiseShield(event: MouseEvent | TouchEvent | null): void {
  if (!shield?.hidden || event?.type !== 'mousemove') return
  shield.hidden = false
  canvasElement()?.setAttribute('data-panning', '')
}

/** Whether the canvas is being dragged. */
export const isPanning = (): boolean => shield?.hidden === false

/** Takes the shield away. */
export function lowerShield(): void {
  if (!shield || shield.hidden) return
  shield.hidden = true
  canvasElement()?.removeAttribute('data-panning')
}
