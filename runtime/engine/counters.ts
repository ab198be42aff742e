/** What a node spends its time with. Together they are the time of the lanes, less what they had nothing left to do. */
export const nodeTimes = ['working', 'waiting', 'blocked', 'resource'] as const

/**
 * What is counted for a node while it runs. Times are milliseconds. What goes on beside the lanes, in a thread of its
 * own, is counted beside their time: a model's inference, and a sink's storing.
 */
export const nodeCounters = [
  ...(['in', 'out', 'parents', 'filtered', 'rejected', 'bytes'] as const),
  ...nodeTimes,
  'inferring',
  'storing',
] as const

/** What is counted for an edge: rows and bytes that passed, rows that wait now, and how long rows waited for the next node. */
export const edgeCounters = ['rows', 'bytes', 'queued', 'pressed'] as const

export type NodeCounter = (typeof nodeCounters)[number]
export type EdgeCounter = (typeof edgeCounters)[number]
export type Activity = (typeof nodeTimes)[number] | 'inferring' | 'storing'

/** Behind a node's counters: what it does now (a counter's number, from 1; 0: nothing), and since when. */
const perNode = nodeCounters.length + 2
/** Behind an edge's counters: since when rows wait; 0: none do. */
const perEdge = edgeCounters.length + 1
const pressed = edgeCounters.indexOf('pressed')
/** So many of a node's counters, the first, count rows and bytes; of an edge's it is all but `pressed`. */
const rowCounters = nodeCounters.indexOf('bytes') + 1

/**
 * Live counters of all writers (lanes, models, the main thread) in shared memory: each writes its own row, anyone adds
 * them up. What goes on now counts up to the moment of reading, so that a node that works for minutes shows it.
 */
export class Counters {
  readonly buffer: SharedArrayBuffer
  readonly #cells: Float64Array
  readonly #nodes: number
  readonly #perWriter: number

  constructor(writers: number, nodes: number, edges: number, buffer?: SharedArrayBuffer) {
    this.#nodes = nodes
    this.#perWriter = nodes * perNode + edges * perEdge
    this.buffer = buffer ?? new SharedArrayBuffer(Math.max(8, writers * this.#perWriter * 8))
    this.#cells = new Float64Array(this.buffer)
  }

  /** Writes one row. Plain stores: one writer each, and a reader that sees an older number is fine. */
  writer(row: number): CountWriter {
    const cells = this.#cells
    const base = row * this.#perWriter
    const edgeBase = base + this.#nodes * perNode
    const restore = (counts: Float64Array, at: number, count: number) =>
      cells.set(counts.subarray(at, at + count), base + at)
    const add = (at: number, amount: number) => {
      cells[at] = (cells[at] as number) + amount
    }
    return {
      node: (node, counter, amount) => add(base + node * perNode + nodeCounters.indexOf(counter), amount),
      edge: (edge, counter, amount) => add(edgeBase + edge * perEdge + edgeCounters.indexOf(counter), amount),
      turn: (node, activity, now) => {
        const start = base + node * perNode
        const doing = start + nodeCounters.length
        const before = cells[doing] as number
        const since = cells[doing + 1] as number
        // The new beginning comes first: a reader in between misses a moment rather than counting it twice.
        cells[doing + 1] = now
        cells[doing] = activity === null ? 0 : nodeCounters.indexOf(activity) + 1
        if (before > 0) add(start + before - 1, now - since)
      },
      mark: () => {
        const counts = cells.slice(base, base + this.#perWriter)
        return () => {
          for (let node = 0; node < this.#nodes; node++) restore(counts, node * perNode, rowCounters)
          for (let at = this.#nodes * perNode; at < this.#perWriter; at += perEdge) restore(counts, at, pressed)
        }
      },
      press: (edge, waits, now) => {
        const start = edgeBase + edge * perEdge
        const since = cells[start + edgeCounters.length] as number
        if (waits === since > 0) return
        cells[start + edgeCounters.length] = waits ? now : 0
        if (!waits) add(start + pressed, now - since)
      },
    }
  }

  /** A counter of all writers; `now` is the clock by which they write times. */
  node(node: number, counter: NodeCounter, now: number): number {
    const at = nodeCounters.indexOf(counter)
    return this.#sum(node * perNode, (start) => {
      const open = this.#cells[start + nodeCounters.length] === at + 1
      const since = this.#cells[start + nodeCounters.length + 1] as number
      return (this.#cells[start + at] as number) + (open ? Math.max(0, now - since) : 0)
    })
  }

  edge(edge: number, counter: EdgeCounter, now: number): number {
    const at = edgeCounters.indexOf(counter)
    return this.#sum(this.#nodes * perNode + edge * perEdge, (start) => {
      const since = this.#cells[start + edgeCounters.length] as number
      const open = at === pressed && since > 0
      return (this.#cells[start + at] as number) + (open ? Math.max(0, now - since) : 0)
    })
  }

  #sum(offset: number, read: (start: number) => number): number {
    let sum = 0
    for (let at = offset; at < this.#cells.length; at += this.#perWriter) sum += read(at)
    return sum
  }
}

/** One row of the counters. */
export interface CountWriter {
  readonly node: (node: number, counter: NodeCounter, amount: number) => void
  readonly edge: (edge: number, counter: EdgeCounter, amount: number) => void
  /** From `now` on the node does something else (null: nothing that counts); what it did before is booked. */
  readonly turn: (node: number, activity: Activity | null, now: number) => void
  /** Whether rows wait at an edge from `now` on. */
  readonly press: (edge: number, waits: boolean, now: number) => void
  /** Gives what takes the counts of rows and bytes back to where they are now; times were spent, and stay. */
  readonly mark?: () => () => void
}
