import { curveOf, pathOf } from '../channel/curve.ts'
import { useWire } from './wire.ts'

/** The wire that is being drawn; it moves with the canvas. */
export function WireLine() {
  const { wire, pointer, over } = useWire()
  if (!wire) return null
  const curve =
    wire.end === 'out'
      ? curveOf(wire.start, pointer, wire.side === 'bottom' ? 'bottom' : 'right')
      : curveOf(pointer, wire.start)
  const state = over ? (over.verdict.fits ? 'fits' : 'no') : 'free'
  return (
    <svg className="wire" aria-hidden>
      <path d={pathOf(curve)} data-state={state} />
      <circle cx={pointer[0]} cy={pointer[1]} r={4} data-state={state} />
    </svg>
  )
}
