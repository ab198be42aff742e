import type { Snapshot, SnapshotEdge } from '../engine/snapshot.ts'
import { type Bottleneck, bottleneckOf } from './bottleneck.ts'
import { edgeText } from './model.ts'

/** A node's part in the last moments of a run. Shares are of its time, 0 to 1, and add up to 1 where it was at work. */
export interface NodeFlow {
  readonly in: number
  readonly out: number
  readonly filtered: number
  readonly rejected: number
  readonly rowsPerSecond: number
  readonly bytesPerSecond: number
  /** A sink's storing counts, which goes on beside the workers. */
  readonly working: number
  readonly waiting: number
  readonly blocked: number
  /** Waiting for its model's answers. */
  readonly model: number
  /** Share of the time in which the node, its model, or its storing was at work. */
  readonly busy: number
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

export interface FlowPicture {
  readonly at: number
  readonly nodes: { readonly [id: string]: NodeFlow }
  /** By edge key, `text → vectors`. */
  readonly edges: { readonly [key: string]: EdgeFlow }
  readonly bottleneck: Bottleneck | null
}

export type { Bottleneck }

/** An edge of a run's counters as a key: as `edgeText` writes it. */
export const edgeKey = ({ from, port, to, toPort = '' }: SnapshotEdge) =>
  edgeText({ from: { node: from, port }, to: { node: to, port: toPort } })

/** Rates and shares are those of the last 2.5 s. */
const windowMilliseconds = 2500
/** Rates of what comes in bursts, as from a model, are those of the last 6 s: else they would be nothing, then too much. */
const longMilliseconds = 6000
const fewChanges = 3
/** An edge at which rows waited for more of the time than this is full. */
const fullFrom = 0.8

/** Shares of less than this part of the workers' time say nothing: the node took no part. */
const leastPart = 0.02

/** The samples that a picture needs, with a new one: no counter changes between two, so one before the window's start is enough. */
export function recentSamples(samples: readonly Snapshot[], sample: Snapshot): readonly Snapshot[] {
  const all = [...samples.filter(({ at }) => at < sample.at), sample]
  const from = all.findLastIndex(({ at }) => at <= sample.at - longMilliseconds)
  return from > 0 ? all.slice(from) : all
}

/** Counters of the last seconds, oldest first, as rates, shares and pressure. Pure. */
export function flowOf(samples: readonly Snapshot[]): FlowPicture {
  return pictureOf(samples, { short: windowMilliseconds, long: longMilliseconds })
}

/** The same over a whole run, from its last counters: what a run shows that is over. Pure. */
export function wholeFlowOf(last: Snapshot): FlowPicture {
  const none = <T extends object>(counts: T): T =>
    Object.fromEntries(
      Object.entries(counts).map(([name, value]) => [name, typeof value === 'number' ? 0 : value]),
    ) as T // the same names
  const nodes = Object.fromEntries(Object.entries(last.nodes).map(([id, counts]) => [id, none(counts)]))
  const first: Snapshot = { at: 0, nodes, edges: last.edges.map(none) }
  return pictureOf([first, last], { short: Number.POSITIVE_INFINITY, long: Number.POSITIVE_INFINITY })
}

/** Milliseconds over which rates are taken. */
interface Windows {
  readonly short: number
  readonly long: number
}

function pictureOf(samples: readonly Snapshot[], windows: Windows): FlowPicture {
  const last = samples.at(-1)
  if (!last) return { at: 0, nodes: {}, edges: {}, bottleneck: null }
  const long = windowOf(samples, windows.long)
  const recent = windowOf(samples, windows.short)
  const first = recent[0] as Snapshot
  const whole = Math.max(0, ...Object.keys(last.nodes).map((id) => timeOf(last.nodes[id], first.nodes[id])))
  const nodes = Object.fromEntries(
    Object.entries(last.nodes).map(([id, now]) => {
      const rate = ratesOf<'out' | 'bytes'>((sample) => sample.nodes[id], 'out', recent, long, windows)
      const flow: NodeFlow = {
        in: now.in,
        out: now.out,
        filtered: now.filtered,
        rejected: now.rejected,
        rowsPerSecond: rate('out'),
        bytesPerSecond: rate('bytes'),
        ...sharesOf(now, first.nodes[id] ?? now, last.at - first.at, whole),
      }
      return [id, flow]
    }),
  )
  const edges = Object.fromEntries(
    last.edges.map((now, place) => {
      const rate = ratesOf<'rows' | 'bytes'>((sample) => sample.edges[place], 'rows', recent, long, windows)
      const time = timeOf(last.nodes[now.from], first.nodes[now.from])
      const pressed = difference(now.pressed, first.edges[place]?.pressed ?? now.pressed)
      const fill = time > whole * leastPart ? Math.min(1, pressed / time) : 0
      const flow: EdgeFlow = {
        rows: now.rows,
        bytes: now.bytes,
        queued: now.queued,
        rowsPerSecond: rate('rows'),
        bytesPerSecond: rate('bytes'),
        fill,
        full: fill > fullFrom,
      }
      return [edgeKey(now), flow]
    }),
  )
  return { at: last.at, nodes, edges, bottleneck: bottleneckOf(nodes, last, first) }
}

/** The samples of a window that ends with the last one, and the one that held when it began. */
function windowOf(samples: readonly Snapshot[], milliseconds: number): readonly Snapshot[] {
  const start = (samples.at(-1)?.at ?? 0) - milliseconds
  return samples.slice(
    Math.max(
      0,
      samples.findLastIndex(({ at }) => at <= start),
    ),
  )
}

/** Rates of a node or an edge: over the short window, or over the long one where its `steady` count grows in bursts. */
function ratesOf<C extends string>(
  of: (sample: Snapshot) => { readonly [counter in C]: number } | undefined,
  steady: C,
  recent: readonly Snapshot[],
  long: readonly Snapshot[],
  windows: Windows,
): (counter: C) => number {
  const changed = long.filter((sample, i) => i > 0 && of(sample)?.[steady] !== of(long[i - 1] as Snapshot)?.[steady])
  const last = long.at(-1) as Snapshot
  const bursts = comesInBursts(
    changed.map(({ at }) => at),
    last.at,
    windows.short,
  )
  const [first, most] = bursts ? [long[0] as Snapshot, windows.long] : [recent[0] as Snapshot, windows.short]
  const passed = Math.min(most, last.at - first.at)
  return (counter) => {
    const now = of(last)?.[counter] ?? 0
    return passed > 0 ? (difference(now, of(first)?.[counter] ?? now) / passed) * 1000 : 0
  }
}

/** Whether changes lie far apart, and the next one is not overdue. */
function comesInBursts(times: readonly number[], now: number, window: number): boolean {
  if (times.filter((at) => at > now - window).length >= fewChanges) return false
  const gaps = times.slice(1).map((at, i) => at - (times[i] as number))
  return gaps.length > 0 && now - (times.at(-1) as number) <= 1.5 * Math.max(...gaps)
}

type Counts = Snapshot['nodes'][string]

/** Counters only grow; one that is read in the middle of a change may lag a moment behind. */
const difference = (now: number, before: number): number => Math.max(0, now - before)

/** Time of all workers in which a node took part. */
function timeOf(now: Counts | undefined, before: Counts | undefined): number {
  if (!now || !before) return 0
  return (['working', 'waiting', 'blocked', 'resource'] as const).reduce(
    (sum, time) => sum + difference(now[time], before[time]),
    0,
  )
}

function sharesOf(now: Counts, before: Counts, milliseconds: number, most: number) {
  const time = timeOf(now, before)
  const whole = time > most * leastPart ? time : 0
  const share = (time: 'working' | 'waiting' | 'blocked' | 'resource') =>
    whole > 0 ? difference(now[time], before[time]) / whole : 0
  const beside = (of: 'inferring' | 'storing') =>
    milliseconds > 0 ? Math.min(1, difference(now[of], before[of]) / milliseconds) : 0
  const [working, waiting, blocked, model] = [share('working'), share('waiting'), share('blocked'), share('resource')]
  const storing = beside('storing')
  if (storing <= working)
    return { working, waiting, blocked, model, busy: Math.max(working + model, beside('inferring')) }
  // What a sink stores while the workers go on is its work too.
  const rest = whole > 0 ? (1 - storing) / (1 - working) : 0
  return { working: storing, waiting: waiting * rest, blocked: blocked * rest, model, busy: storing }
}
