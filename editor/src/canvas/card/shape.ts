import type { Spot } from '@headrace/runtime/pipeline'

/** Everything on the canvas lies on multiples of this. */
export const grid = 8

/** A card's width; its height follows from its ports and from whether it shows a run. */
export const cardWidth = 188

const restHeight = 96
const runHeight = 112
const inputY = 40
const firstNamedY = 80
const namedHeight = 24
const rejectsX = 156

/** What a card's outline depends on. */
export interface CardShape {
  /** Sources have no input. */
  readonly input: boolean
  /** Output ports besides `rejects`: [''] for the only one, [] for a sink. */
  readonly outputs: readonly string[]
  readonly running: boolean
}

/** Where a wire begins or ends. `side` is the direction in which it leaves. */
export interface PortPlace {
  readonly port: string
  readonly end: 'in' | 'out'
  readonly side: 'left' | 'right' | 'bottom'
  readonly x: number
  readonly y: number
}

const isNamed = ({ outputs }: CardShape): boolean => outputs.some((port) => port !== '')

/** A card's height in pixels: a row for each named output. */
export const cardHeight = (shape: CardShape): number =>
  (shape.running ? runHeight : restHeight) + (isNamed(shape) ? shape.outputs.length * namedHeight : 0)

/** Where a card's ports are, from its upper left corner: the input, the outputs, `rejects` at the bottom. */
export function portsOf(shape: CardShape): PortPlace[] {
  const named = isNamed(shape)
  const outputs = shape.outputs.map((port, i): PortPlace => {
    const y = named ? firstNamedY + i * namedHeight : inputY
    return { port, end: 'out', side: 'right', x: cardWidth, y }
  })
  const input: PortPlace = { port: '', end: 'in', side: 'left', x: 0, y: inputY }
  const rejects: PortPlace = { port: 'rejects', end: 'out', side: 'bottom', x: rejectsX, y: cardHeight(shape) }
  return [...(shape.input ? [input] : []), ...outputs, rejects]
}

/** The nearest spot on the grid. */
export const onGrid = ([x, y]: Spot): Spot => [Math.round(x / grid) * grid, Math.round(y / grid) * grid]
