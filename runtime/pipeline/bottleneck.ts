import type { Snapshot } from '../engine/snapshot.ts'
import type { NodeFlow } from './live.ts'

/** What holds the run up, in words: `embed is busy 97 % of the time; clean waits for it`. */
export interface Bottleneck {
  readonly node: string
  readonly busy: number
  readonly waiting: readonly string[]
  readonly sentence: string
}

/** Less than a second tells nothing. */
const leastMilliseconds = 1000
/** A node that is busy less than this holds nobody up. */
const leastBusy = 0.25
/** A neighbour that stands still for more of its time than this waits. */
const leastWaiting = 0.3

/**
 * The node that holds a run up: of the threads (the workers, and each model's own) the one with the least time to
 * spare, and of the nodes in it the busiest. Null where the run has only begun, stands still, or nothing is scarce.
 */
export function bottleneckOf(
  nodes: { readonly [id: string]: NodeFlow },
  last: Snapshot,
  first: Snapshot,
): Bottleneck | null {
  if (last.at - first.at < leastMilliseconds) return null
  const spent = Object.keys(nodes).map((id) => ({ id, ...spentIn(last.nodes[id], first.nodes[id]) }))
  const slowest = most(spent, ({ working }) => working)
  const model = most(
    spent.filter(({ inferring }) => inferring > 0),
    ({ id }) => nodes[id]?.busy ?? 0,
  )
  // All nodes of a worker share its time; one that waits for a model's answers has time to spare.
  const whole = Math.max(1, ...spent.map(({ all }) => all))
  const workers = spent.reduce((sum, { working }) => sum + working, 0) / whole
  const node = (model && (nodes[model.id]?.busy ?? 0) >= Math.min(1, workers) ? model : slowest)?.id
  const busy = node === undefined ? 0 : (nodes[node]?.busy ?? 0)
  if (node === undefined || busy < leastBusy) return null
  const waiting = waitingFor(node, nodes, last)
  const percent = Math.min(100, Math.round(busy * 100))
  return { node, busy, waiting, sentence: `${node} is busy ${percent} % of the time${waitsText(waiting)}` }
}

function spentIn(now: Snapshot['nodes'][string] | undefined, before = now) {
  const of = (time: 'working' | 'waiting' | 'blocked' | 'resource' | 'inferring') =>
    now && before ? Math.max(0, now[time] - before[time]) : 0
  const working = of('working')
  return { working, inferring: of('inferring'), all: working + of('waiting') + of('blocked') + of('resource') }
}

const most = <T>(list: readonly T[], by: (one: T) => number): T | undefined =>
  list.reduce<T | undefined>((best, one) => (by(one) > (best === undefined ? 0 : by(best)) ? one : best), undefined)

/** The nodes before it that could go on, else those behind it that have nothing to do. */
function waitingFor(node: string, nodes: { readonly [id: string]: NodeFlow }, { edges }: Snapshot): string[] {
  const before = edges.filter(({ to }) => to === node).map(({ from }) => from)
  const held = [...new Set(before)].filter((id) => (nodes[id]?.blocked ?? 0) >= leastWaiting)
  if (held.length) return held
  const behind = edges.filter(({ from, port }) => from === node && port !== 'rejects').map(({ to }) => to)
  return [...new Set(behind)].filter((id) => (nodes[id]?.waiting ?? 0) >= leastWaiting)
}

function waitsText(waiting: readonly string[]): string {
  if (waiting.length === 0) return ''
  if (waiting.length === 1) return `; ${waiting[0]} waits for it`
  if (waiting.length === 2) return `; ${waiting.join(' and ')} wait for it`
  return `; ${waiting.slice(0, 2).join(', ')} and ${waiting.length - 2} more wait for it`
}
