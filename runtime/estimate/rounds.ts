import type { GatherSample } from './sample.ts'

/** What a node will make of so many rows that it needs all at once, and the milliseconds that it takes. Pure. */
export function gathered(
  { whole, half, passed }: GatherSample,
  rows: number,
): { wall: number; cpu: number; out: number } {
  // Rows that pass are put in order, by comparing them: n log n.
  const slower = passed && whole.rows > 1 && rows > whole.rows ? Math.log(rows) / Math.log(whole.rows) : 1
  const more = half && whole.rows > half.rows * 1.2 && rows > whole.rows
  const grow = (of: 'wall' | 'cpu') => {
    if (whole.rows === 0) return 0
    const each = more
      ? Math.min(whole[of] / whole.rows, Math.max(0, (whole[of] - half[of]) / (whole.rows - half.rows)))
      : whole[of] / whole.rows
    return Math.max(0, whole[of] + each * (rows * slower - whole.rows))
  }
  return { wall: grow('wall'), cpu: grow('cpu'), out: outOf({ whole, half, passed }, rows) }
}

/**
 * Rows of a sort grow with those that come in; groups of an aggregate, and pairs of a join of which both sides grow, by
 * the power that two samples show.
 */
function outOf({ whole, half, passed }: Pick<GatherSample, 'whole' | 'half' | 'passed'>, rows: number): number {
  if (whole.rows === 0 || whole.out === 0) return 0
  const times = rows / whole.rows
  if (passed || !half || half.out === 0 || half.rows === whole.rows) return whole.out * times
  const power = Math.log(whole.out / half.out) / Math.log(whole.rows / half.rows)
  return whole.out * times ** Math.min(2, Math.max(0, power))
}
