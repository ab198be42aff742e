import type { Estimate, Estimated } from '../estimate/estimate.ts'
import { duration, grouped, size, styled, table } from './print.ts'

/** How long a run will take, in a line; then what its nodes will do, the most work first. */
export function estimateText(estimated: Estimated, peak: number): string {
  const head = styled('bold', 'Time')
  if (!estimated.estimate) return `${head}: not known, because ${estimated.noEstimate}`
  const { estimate } = estimated
  const { seconds, low, high, rows, nodes, untried } = estimate
  const about = `about ${duration(seconds)} (${duration(low)} to ${duration(high)}) for ${grouped(rows)} rows, with at most ${size(peak)} of memory`
  const busy = Object.entries(nodes)
    .filter(([, { share }]) => share >= 0.005)
    .sort(([, a], [, b]) => b.seconds - a.seconds)
  const rowsOf = busy.map(([id, node]) => [
    `  ${id}`,
    `${Math.round(node.share * 100)} %`,
    `${duration(node.seconds)} of work`,
    `${grouped(node.in || node.out)} rows`,
  ])
  return [
    `${head}: ${about}`,
    ...(rowsOf.length ? [table(rowsOf, new Set([1, 2, 3]))] : []),
    ...untried.map(({ node, why }) => `  without ${node}: ${why}`),
    ...((estimate.busy ?? 0) > 0.2
      ? [`  other programs are at work on this machine: on a quiet one it will be quicker`]
      : []),
    `  ${sourceOf(estimate)}`,
  ].join('\n')
}

const sourceOf = ({ from }: Estimate): string =>
  from === 'calibration' ? 'by some rows that were tried now, stored nowhere' : `by the ${from}`
