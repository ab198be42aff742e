import type { Port, Spot } from '@headrace/runtime/pipeline'
import { portsOf } from '../card/shape.ts'
import { sceneNow } from '../scene/store.ts'
import type { Wire } from './wire.ts'

/** Where a port is on the canvas. */
export function portSpot({ node, port }: Port, end: 'in' | 'out'): { spot: Spot; side: Wire['side'] } | null {
  const { spots, shapes } = sceneNow()
  const [spot, shape] = [spots.get(node), shapes.get(node)]
  const ports = shape && portsOf(shape).filter((one) => one.end === end)
  const place = ports?.find((one) => one.port === port) ?? (end === 'in' ? ports?.[0] : undefined)
  return spot && place ? { spot: [spot[0] + place.x, spot[1] + place.y], side: place.side } : null
}
