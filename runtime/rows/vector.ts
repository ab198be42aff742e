import type { Cell } from '../server/api/rows.ts'

const pieces = 24

/** A vector as its dimension, its norm and a sketch of 24 means; null where a number is not finite. */
export function vectorCell(dimension: number, at: (place: number) => number): Cell | null {
  const sketch: number[] = []
  let squares = 0
  const count = Math.min(pieces, dimension)
  for (let piece = 0; piece < count; piece++) {
    const end = Math.floor(((piece + 1) * dimension) / count)
    let sum = 0
    const start = Math.floor((piece * dimension) / count)
    for (let place = start; place < end; place++) {
      const value = at(place)
      sum += value
      squares += value * value
    }
    sketch.push(Number((sum / (end - start)).toPrecision(4)))
  }
  if (!Number.isFinite(squares)) return null
  return { vector: dimension, norm: Number(Math.sqrt(squares).toPrecision(6)), sketch }
}
