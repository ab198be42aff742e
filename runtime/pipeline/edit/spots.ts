import type { Pipeline, Spot } from '../model.ts'

/** Puts nodes on the canvas, at whole pixels. */
export function moveNodes(pipeline: Pipeline, spots: { readonly [id: string]: Spot }): Pipeline {
  const layout: Record<string, Spot> = { ...pipeline.layout }
  for (const [id, [x, y]] of Object.entries(spots)) layout[id] = wholeSpot([x, y])
  return { ...pipeline, layout }
}

/** A place in whole pixels. */
export const wholeSpot = ([x, y]: Spot): Spot => [Math.round(x) + 0, Math.round(y) + 0] // + 0: -0 is none in a file
