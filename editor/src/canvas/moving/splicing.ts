import type { PipelineEdge, Spot } from '@headrace/runtime/pipeline'
import { cardHeight, cardWidth } from '../card/shape.ts'
import { type Curve, curveOf, nearestCurve } from '../channel/curve.ts'
import { sceneNow } from '../scene/store.ts'
import { stage, useStage } from '../stage.ts'
import { edgeOf } from '../wiring/edges.ts'
import { portSpot } from '../wiring/portspot.ts'

/** A card may be dropped this near to an edge to go into it, in pixels of the canvas. */
const reach = 44

function curves(except: string | null): [string, Curve][] {
  return sceneNow().edges.flatMap(({ id, data }): [string, Curve][] => {
    if (!data || data.rejects || data.edge.from.node === except || data.edge.to.node === except) return []
    const [from, to] = [portSpot(data.edge.from, 'out'), portSpot(data.edge.to, 'in')]
    return from && to ? [[id, curveOf(from.spot, to.spot)]] : []
  })
}

/** Lights the edge under a spot into which a drop would put a node; `fits` decides which edges may be. */
export function hoverEdge(spot: Spot, fits: (edge: PipelineEdge) => boolean, except: string | null = null): void {
  const key = nearestCurve(curves(except), spot, reach)
  const edge = edgeOf(key)
  const splice = edge && fits(edge) ? key : null
  if (splice !== useStage.getState().splice) stage({ splice })
}

/** The edge that is lit for a drop, and no longer lit. */
export function takeSplice(): PipelineEdge | undefined {
  const edge = edgeOf(useStage.getState().splice)
  if (useStage.getState().splice !== null) stage({ splice: null })
  return edge
}

/** The middle of a node's card. */
export function middleOf(id: string, at: Spot): Spot {
  const shape = sceneNow().shapes.get(id)
  return [at[0] + cardWidth / 2, at[1] + (shape ? cardHeight(shape) / 2 : 48)]
}
