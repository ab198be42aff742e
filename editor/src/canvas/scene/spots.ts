import type { Pipeline, Spot } from '@headrace/runtime/pipeline'
import { type CardShape, cardHeight, cardWidth, grid, plainShape } from '../card/shape.ts'
import { arrange, gapX, gapY, type Tie } from './tidy.ts'

/** Where each node stands: as the file says; the others right of what feeds them, or all arranged where none has a place. */
export function spotsOf(pipeline: Pipeline, shapes: ReadonlyMap<string, CardShape>): ReadonlyMap<string, Spot> {
  const ids = Object.keys(pipeline.nodes)
  const spots = new Map<string, Spot>()
  for (const id of ids) {
    const spot = pipeline.layout?.[id]
    if (spot) spots.set(id, spot)
  }
  const missing = ids.filter((id) => !spots.has(id))
  if (missing.length === 0) return spots
  const sizeOf = (id: string) => ({ id, width: cardWidth, height: heightOf(shapes.get(id)) })
  const ties = tiesOf(pipeline, shapes)
  const arranged = arrange((spots.size === 0 ? ids : missing).map(sizeOf), ties)
  if (spots.size === 0) return new Map(Object.entries(arranged))
  // In the order of the arrangement, so that a node's feeder has its place before it.
  const order = missing.sort((a, b) => (arranged[a]?.[0] ?? 0) - (arranged[b]?.[0] ?? 0))
  for (const id of order) {
    const feeders = ties.flatMap(({ from, to }): Spot[] => {
      const spot = to === id ? spots.get(from) : undefined
      return spot ? [spot] : []
    })
    const wanted = feeders.length ? beside(feeders) : below([...spots.values()])
    spots.set(id, freeSpot(wanted, [...spots.values()]))
  }
  return spots
}

/** The edges as ties between cards, with the place of the input that each leads to. */
export const tiesOf = ({ edges }: Pipeline, shapes: ReadonlyMap<string, CardShape>): Tie[] =>
  edges.map(({ from, to }) => {
    const inputs = shapes.get(to.node)?.inputs ?? []
    return { from: from.node, to: to.node, ...(inputs.length > 1 && { input: inputs.indexOf(to.port) }) }
  })

const heightOf = (shape: CardShape | undefined): number => cardHeight(shape ?? plainShape)

const beside = (feeders: readonly Spot[]): Spot => [
  Math.max(...feeders.map(([x]) => x)) + cardWidth + gapX,
  Math.min(...feeders.map(([, y]) => y)),
]

const below = (spots: readonly Spot[]): Spot => [
  Math.min(...spots.map(([x]) => x)),
  Math.max(...spots.map(([, y]) => y)) + cardHeight({ ...plainShape, running: true }) + gapY,
]

/** The first spot from `wanted` downwards where a card covers no other; on the grid. */
export function freeSpot([x, y]: Spot, taken: readonly Spot[]): Spot {
  const height = cardHeight({ ...plainShape, running: true }) + gapY / 2
  const covers = (top: number) =>
    taken.some(([left, at]) => Math.abs(left - x) < cardWidth + gapY / 2 && Math.abs(at - top) < height)
  let top = Math.round(y / grid) * grid
  while (covers(top)) top += grid
  return [Math.round(x / grid) * grid, top]
}
