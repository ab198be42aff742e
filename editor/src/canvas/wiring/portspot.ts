import type { Port, Spot } from '@headrace/runtime/pipeline'
import { portsOf } from '../card/shape.ts'
import { sceneNow } from '../scene/store.ts'
import type { Wire } from './wire.ts'

/** Where a port is on the canvas. */
export function portSpot({ node, port }: Port, end: 'in' | 'out'): { spot: Spot; side: Wire['side'] } | null {
  const { spots, shapes } = sceneNow()
  const [spot, shape] = [spots.get(node), shapes.get(node)]
  const place = shape && portsOf(shape).find((one) => one.end === end && (end === 'in' || one.port === port))
  return spot && place ? { spot: [spot[0] + place.x, spot[1] + place.y], side: place.side } : null
}
