import type { Spot } from '@headrace/runtime/pipeline'

/** A wire's course: a cubic curve from an output to an input. */
export interface Curve {
  readonly from: Spot
  readonly fromControl: Spot
  readonly toControl: Spot
  readonly to: Spot
}

/** The curve between two ports; it leaves a `bottom` port downwards, and goes round where the input lies behind. */
export function curveOf(from: Spot, to: Spot, side: 'right' | 'bottom' = 'right'): Curve {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const reach = dx >= 0 ? Math.max(24, dx / 2) : Math.min(240, 48 + -dx / 3)
  const toControl: Spot = [to[0] - reach, to[1]]
  if (side === 'right') return { from, fromControl: [from[0] + reach, from[1]], toControl, to }
  const drop = Math.max(32, Math.min(120, Math.abs(dy) * 0.7))
  return { from, fromControl: [from[0], from[1] + drop], toControl, to }
}

/** The curve as the `d` of an SVG path. */
export const pathOf = ({ from, fromControl, toControl, to }: Curve): string =>
  `M${from[0]},${from[1]} C${fromControl[0]},${fromControl[1]} ${toControl[0]},${toControl[1]} ${to[0]},${to[1]}`

/** The point of a curve at `t`, 0 to 1. */
export function pointAt({ from, fromControl, toControl, to }: Curve, t: number): Spot {
  const u = 1 - t
  const along = (axis: 0 | 1) =>
    u * u * u * from[axis] + 3 * u * u * t * fromControl[axis] + 3 * u * t * t * toControl[axis] + t * t * t * to[axis]
  return [along(0), along(1)]
}

const pieces = 24

/** How far a spot is from a curve, in pixels, by a chain of short straight pieces. */
export function distanceTo(curve: Curve, spot: Spot): number {
  let least = Number.POSITIVE_INFINITY
  let before = curve.from
  for (let i = 1; i <= pieces; i++) {
    const next = pointAt(curve, i / pieces)
    least = Math.min(least, distanceToPiece(before, next, spot))
    before = next
  }
  return least
}

function distanceToPiece(a: Spot, b: Spot, spot: Spot): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((spot[0] - a[0]) * dx + (spot[1] - a[1]) * dy) / length))
  return Math.hypot(spot[0] - a[0] - t * dx, spot[1] - a[1] - t * dy)
}

/** The key of the nearest curve within `reach` pixels of a spot, or null. */
export function nearestCurve(curves: Iterable<readonly [string, Curve]>, spot: Spot, reach: number): string | null {
  let best: string | null = null
  let least = reach
  for (const [key, curve] of curves) {
    if (outside(curve, spot, reach)) continue
    const distance = distanceTo(curve, spot)
    if (distance < least) [best, least] = [key, distance]
  }
  return best
}

// A curve lies inside the box of its four points: most curves are ruled out without a square root.
function outside({ from, fromControl, toControl, to }: Curve, spot: Spot, reach: number): boolean {
  const past = (axis: 0 | 1) =>
    spot[axis] < Math.min(from[axis], fromControl[axis], toControl[axis], to[axis]) - reach ||
    spot[axis] > Math.max(from[axis], fromControl[axis], toControl[axis], to[axis]) + reach
  return past(0) || past(1)
}
