import { groupOf, moveNodes, type Pipeline, type Spot } from '@headrace/runtime/pipeline'
import { edit, useDocument } from '../../model/document.ts'
import { type CardShape, cardHeight, cardWidth, plainShape } from '../card/shape.ts'
import { tiesOf } from '../scene/spots.ts'
import { sceneNow } from '../scene/store.ts'
import { arrange, type Box, gapY } from '../scene/tidy.ts'
import { fit } from '../viewing.ts'
import { words } from '../words.ts'

/** Arranges the whole graph from left to right; one step of undo. */
export function tidy(): void {
  const { pipeline } = useDocument.getState()
  if (!pipeline) return
  edit(words.tidy, (before) => moveNodes(before, tidySpots(before, sceneNow().shapes)))
  requestAnimationFrame(fit)
}

/** Where tidying puts each node: groups together, a folded one as the one card that it is. */
export function tidySpots(pipeline: Pipeline, shapes: ReadonlyMap<string, CardShape>): Record<string, Spot> {
  const groups = pipeline.groups ?? {}
  const standsFor = new Map<string, string>()
  const boxes = Object.keys(pipeline.nodes).flatMap((id): Box[] => {
    const shape = shapes.get(id) ?? plainShape
    const group = groupOf(pipeline, id)
    const first = group === null ? undefined : groups[group]?.nodes.find((node) => node in pipeline.nodes)
    if (group !== null && first !== undefined && groups[group]?.collapsed) {
      standsFor.set(id, first)
      // Wide enough for unfolding would push everything away: folded, a group is one card.
      return first === id
        ? [{ id, width: cardWidth, height: cardHeight({ ...shape, inputs: [''], outputs: [''] }) }]
        : []
    }
    return [{ id, width: cardWidth, height: cardHeight(shape), ...(group !== null && { group }) }]
  })
  const end = (id: string) => standsFor.get(id) ?? id
  const ties = tiesOf(pipeline, shapes).map((tie) => ({ ...tie, from: end(tie.from), to: end(tie.to) }))
  const spots = arrange(boxes, ties)
  return { ...spots, ...foldedSpots(standsFor, spots, pipeline) }
}

// The cards of a folded group keep their places beside one another, moved along with the group's card.
function foldedSpots(
  standsFor: ReadonlyMap<string, string>,
  spots: { readonly [id: string]: Spot },
  { layout = {} }: Pipeline,
): Record<string, Spot> {
  const cards = [...standsFor].filter(([id, first]) => id !== first)
  return Object.fromEntries(
    cards.map(([id, first], i) => {
      const [to, was, own] = [spots[first] ?? [0, 0], layout[first], layout[id]]
      const [x, y] = was && own ? [own[0] - was[0], own[1] - was[1]] : [0, (i + 1) * (96 + gapY)]
      return [id, [to[0] + x, to[1] + y]]
    }),
  )
}
