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
  /** Inputs: [''] for the only one without a name, [] for a source. Where edges give the names a spare one is last. */
  readonly inputs: readonly string[]
  /** Output ports besides `rejects`: [''] for the only one, [] for a sink. */
  readonly outputs: readonly string[]
  /** No row of a node that needs all rows is rejected. */
  readonly rejects: boolean
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

/** The input to which the next edge leads where edges name the inputs: no name that one can have. */
export const spare = '+'

/** A card like most: one input, one output. */
export const plainShape = { inputs: [''], outputs: [''], rejects: true, running: false } as const satisfies CardShape

const isNamed = (ports: readonly string[]): boolean => ports.some((port) => port !== '')

const rowsOf = ({ inputs, outputs }: CardShape): number =>
  Math.max(isNamed(inputs) ? inputs.length : 0, isNamed(outputs) ? outputs.length : 0)

/** A card's height in pixels: a row for each named input or output. */
export const cardHeight = (shape: CardShape): number =>
  (shape.running ? runHeight : restHeight) + rowsOf(shape) * namedHeight

/** Where a card's ports are, from its upper left corner: the inputs, the outputs, `rejects` at the bottom. */
export function portsOf(shape: CardShape): PortPlace[] {
  const height = (ports: readonly string[], i: number) => (isNamed(ports) ? firstNamedY + i * namedHeight : inputY)
  const inputs = shape.inputs.map((port, i): PortPlace => {
    return { port, end: 'in', side: 'left', x: 0, y: height(shape.inputs, i) }
  })
  const outputs = shape.outputs.map((port, i): PortPlace => {
    return { port, end: 'out', side: 'right', x: cardWidth, y: height(shape.outputs, i) }
  })
  const rejects: PortPlace = { port: 'rejects', end: 'out', side: 'bottom', x: rejectsX, y: cardHeight(shape) }
  return [...inputs, ...outputs, ...(shape.rejects ? [rejects] : [])]
}

/** A port's name for React Flow, which takes the first of all where it is given none. */
export const handleId = ({ port, end }: Pick<PortPlace, 'port' | 'end'>): string | null =>
  end === 'in' ? `in ${port}` : port || null

/** The nearest spot on the grid. */
export const onGrid = ([x, y]: Spot): Spot => [Math.round(x / grid) * grid, Math.round(y / grid) * grid]
