import type { Snapshot } from '../engine/snapshot.ts'
import { edgeText } from './model.ts'

/** A node's part in the last moments of a run. Shares are of its time, 0 to 1, and add up to 1 where it was at work. */
export interface NodeFlow {
  readonly in: number
  readonly out: number
  readonly filtered: number
  readonly rejected: number
  readonly rowsPerSecond: number
  readonly bytesPerSecond: number
  readonly working: number
  readonly waiting: number
  readonly blocked: number
  /** Waiting for its model's answers. */
  readonly model: number
}

/** An edge in the last moments of a run. `fill` 0 to 1: how much of the time rows waited here for the next node. */
export interface EdgeFlow {
  readonly rows: number
  readonly bytes: number
  readonly queued: number
  readonly rowsPerSecond: number
  readonly bytesPerSecond: number
  readonly fill: number
  readonly full: boolean
}

/** What holds the run up, in words: `embed is busy 97 % of the time; clean waits for it`. */
export interface Bottleneck {
  readonly node: string
  readonly busy: number
  readonly waiting: readonly string[]
  readonly sentence: string
}

export interface FlowPicture {
  readonly at: number
  readonly nodes: { readonly [id: string]: NodeFlow }
  /** By edge key, `text → vectors`. */
  readonly edges: { readonly [key: string]: EdgeFlow }
  readonly bottleneck: Bottleneck | null
}

/** An edge of a run's counters as a key: as `edgeText` writes it. */
export const edgeKey = ({ from, port, to }: { readonly from: string; readonly port: string; readonly to: string }) =>
  edgeText({ from: { node: from, port }, to: { node: to, port: '' } })

/** Counters of the last seconds, oldest first, as rates, shares and pressure. Pure. */
export function flowOf(samples: readonly Snapshot[]): FlowPicture {
  const last = samples.at(-1)
  const first = samples[0]
  if (!last || !first) return { at: 0, nodes: {}, edges: {}, bottleneck: null }
  const seconds = Math.max(0.001, (last.at - first.at) / 1000)
  const nodes = Object.fromEntries(
    Object.entries(last.nodes).map(([id, now]) => {
      const before = first.nodes[id] ?? now
      const time = (of: 'working' | 'waiting' | 'blocked' | 'resource') => now[of] - before[of]
      const whole = Math.max(0.001, time('working') + time('waiting') + time('blocked') + time('resource'))
      const flow: NodeFlow = {
        in: now.in,
        out: now.out,
        filtered: now.filtered,
        rejected: now.rejected,
        rowsPerSecond: (now.out - before.out) / seconds,
        bytesPerSecond: (now.bytes - before.bytes) / seconds,
        working: time('working') / whole,
        waiting: time('waiting') / whole,
        blocked: time('blocked') / whole,
        model: time('resource') / whole,
      }
      return [id, flow]
    }),
  )
  const edges = Object.fromEntries(
    last.edges.map((now, i) => {
      const before = first.edges[i] ?? now
      const [from, to] = [nodes[now.from], nodes[now.to]]
      const fill = from && to ? from.blocked / Math.max(0.001, from.blocked + to.waiting) : 0
      const flow: EdgeFlow = {
        rows: now.rows,
        bytes: now.bytes,
        queued: now.queued,
        rowsPerSecond: (now.rows - before.rows) / seconds,
        bytesPerSecond: (now.bytes - before.bytes) / seconds,
        fill,
        full: fill > 0.8,
      }
      return [edgeKey(now), flow]
    }),
  )
  return { at: last.at, nodes, edges, bottleneck: null }
}
