import { HeadraceError } from '../../pipeline/problem.ts'
import { crashed } from '../crash/failure.ts'
import type { Start } from '../isolate.ts'
import type { Apart } from './apart.ts'
import type { Collected } from './collected.ts'

/**
 * What the rows of a split are tried as first, from what is known: the smallest ranges that crashed hold the rows at
 * fault, and what lies between them may go well as a whole. Where parts are only staged the suspects come first, so that
 * the others are not staged again after each crash; where each part is made durable, all go in order.
 */
export function startsOf(apart: Apart, rows: Collected, node: string): Start[] {
  const first = apart.done?.rows ?? 0
  const suspects = knownToFail(apart, rows, node)
    .map((one) => ({ ...one, from: Math.max(one.from, first) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from)
  const between: Start[] = []
  let at = first
  for (const { from, to } of [...suspects, { from: rows.rows, to: rows.rows }]) {
    if (from > at) between.push({ from: at, to: from })
    at = Math.max(at, to)
  }
  if (apart.how === 'write') return [...suspects, ...between]
  return [...suspects, ...between].sort((a, b) => a.from - b.from)
}

/** The ranges that failed and have no smaller one in them. */
function knownToFail({ crashes, failed, done }: Apart, rows: Collected, node: string): Start[] {
  const error = (signal: string) => new HeadraceError('crashed', crashed(node, signal).message)
  const places = new Map<string, number>()
  if (crashes?.ranges.length) for (let row = 0; row < rows.rows; row++) places.set(rows.identity(row), row)
  const found = (crashes?.ranges ?? []).flatMap(({ first, last, rows: count, signal }): Start[] => {
    const from = places.get(first)
    // Other rows may have come between them since: then nothing is known of these.
    if (from === undefined || places.get(last) !== from + count - 1) return []
    return [{ from, to: from + count, error: error(signal) }]
  })
  const smallest = found.filter(
    (one, at) =>
      !found.some(
        (other, i) => i !== at && other.from >= one.from && other.to <= one.to && (size(other) < size(one) || i < at),
      ),
  )
  if (smallest.length > 0 || done) return smallest
  const whole = crashes?.whole ? error(crashes.whole) : failed === null ? undefined : new Error(failed)
  return whole === undefined ? [] : [{ from: 0, to: rows.rows, error: whole }]
}

const size = ({ from, to }: Start): number => to - from
