import type { Snapshot } from '@headrace/runtime/api'
import { edgeKey } from '@headrace/runtime/pipeline'

/** Lines over time, for a plot: `x` in seconds since the run started, one list of values a line. */
export interface Series {
  readonly x: readonly number[]
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
}

/** Samples kept on the page. */
export const mostSamples = 1200

/** The history with new samples behind it; a long one is thinned evenly, its ends kept. */
export function withSamples(before: readonly Snapshot[], more: readonly Snapshot[]): readonly Snapshot[] {
  const last = before.at(-1)?.at ?? -1
  const fresh = more.filter(({ at }) => at > last)
  if (fresh.length === 0) return before
  const all = [...before, ...fresh]
  if (all.length <= mostSamples) return all
  return all.filter((_, i) => i % 2 === 0 || i === all.length - 1)
}

/** Rates are taken over at least so long: a batch comes at once, its rows did not. */
const windowMilliseconds = 1000

/** Rows a second of each edge over time. */
export function edgeRates(samples: readonly Snapshot[]): Series {
  const points = windows(samples)
  const keys = (samples.at(-1)?.edges ?? []).map(edgeKey)
  return {
    x: points.map(({ at }) => at),
    lines: keys.map((name, i) => ({
      name,
      values: points.map(({ from, to, seconds }) => {
        const [before, after] = [from.edges[i], to.edges[i]]
        return before && after ? Math.max(0, after.rows - before.rows) / seconds : null
      }),
    })),
  }
}

const shares = ['working', 'resource', 'blocked', 'waiting'] as const

/** A node's time over time: the shares in which it worked, waited for its model, was held up, and waited for rows. */
export function timeShares(samples: readonly Snapshot[], node: string): Series {
  const points = windows(samples)
  return {
    x: points.map(({ at }) => at),
    lines: shares.map((name) => ({
      name,
      values: points.map(({ from, to }) => {
        const [before, after] = [from.nodes[node], to.nodes[node]]
        if (!before || !after) return null
        const whole = shares.reduce((sum, one) => sum + after[one] - before[one], 0)
        return whole > 0 ? (after[name] - before[name]) / whole : null
      }),
    })),
  }
}

/** Pairs of samples that are far enough apart, one ending at each sample. */
function windows(samples: readonly Snapshot[]): { at: number; from: Snapshot; to: Snapshot; seconds: number }[] {
  let start = 0
  const found: { at: number; from: Snapshot; to: Snapshot; seconds: number }[] = []
  for (let i = 1; i < samples.length; i++) {
    const to = samples[i] as Snapshot
    while (start + 1 < i && to.at - (samples[start + 1] as Snapshot).at >= windowMilliseconds) start++
    const from = samples[start] as Snapshot
    if (to.at > from.at) found.push({ at: to.at / 1000, from, to, seconds: (to.at - from.at) / 1000 })
  }
  return found
}
