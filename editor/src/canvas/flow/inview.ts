import type { Spot } from '@headrace/runtime/pipeline'
import { cardWidth } from '../card/shape.ts'
import { sceneNow } from '../scene/store.ts'
import { canvasElement, flowOnPage } from '../stage.ts'

/** Room around the screen, in its pixels, for what is about to come into view. */
const margin = 80

/** What the reader sees now: says of a node's or an edge's id whether it is on the screen. */
export function inView(): (id: string) => boolean {
  const flow = flowOnPage()
  const element = canvasElement()
  if (!flow || !element) return () => true
  const { x, y, zoom } = flow.getViewport()
  const { spots, edges, hidden } = sceneNow()
  const left = (-x - margin) / zoom - cardWidth
  const top = (-y - margin) / zoom - cardWidth
  const right = (element.clientWidth + margin - x) / zoom
  const bottom = (element.clientHeight + margin - y) / zoom
  const inside = ([a, b]: Spot) => a > left && a < right && b > top && b < bottom
  const ends = new Map(edges.map(({ id, data }) => [id, data?.edge]))
  return (id) => {
    const spot = spots.get(id)
    if (spot) return inside(spot)
    const edge = ends.get(id)
    const [from, to] = [edge && spots.get(edge.from.node), edge && spots.get(edge.to.node)]
    if (!from || !to || hidden.size > 0) return true
    // A wire may cross the screen while both its ends are off it.
    return (
      Math.max(from[0], to[0]) > left &&
      Math.min(from[0], to[0]) < right &&
      Math.max(from[1], to[1]) > top &&
      Math.min(from[1], to[1]) < bottom
    )
  }
}
