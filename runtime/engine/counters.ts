/** What is counted for a node while it runs. Times are milliseconds; together they are the node's time in a split. */
export const nodeCounters = [
  'in',
  'out',
  'parents',
  'filtered',
  'rejected',
  'bytes',
  'working',
  'waiting',
  'blocked',
  'resource',
] as const
/** What is counted for an edge: rows and bytes that passed, rows that wait now. */
export const edgeCounters = ['rows', 'bytes', 'queued'] as const

export type NodeCounter = (typeof nodeCounters)[number]
export type EdgeCounter = (typeof edgeCounters)[number]

/** Live counters of all lanes in shared memory: each lane writes its own row, anyone adds them up. */
export class Counters {
  readonly buffer: SharedArrayBuffer
  readonly #cells: Float64Array
  readonly #nodes: number
  readonly #perLane: number

  constructor(lanes: number, nodes: number, edges: number, buffer?: SharedArrayBuffer) {
    this.#nodes = nodes
    this.#perLane = nodes * nodeCounters.length + edges * edgeCounters.length
    this.buffer = buffer ?? new SharedArrayBuffer(Math.max(8, lanes * this.#perLane * 8))
    this.#cells = new Float64Array(this.buffer)
  }

  /** Writes one lane's counters. Plain stores: one writer each, and a reader that sees an older number is fine. */
  lane(lane: number): LaneCounters {
    const base = lane * this.#perLane
    const edgeBase = base + this.#nodes * nodeCounters.length
    return {
      node: (node, counter, amount) => {
        const at = base + node * nodeCounters.length + nodeCounters.indexOf(counter)
        this.#cells[at] = (this.#cells[at] as number) + amount
      },
      edge: (edge, counter, amount) => {
        const at = edgeBase + edge * edgeCounters.length + edgeCounters.indexOf(counter)
        this.#cells[at] = (this.#cells[at] as number) + amount
      },
    }
  }

  node(node: number, counter: NodeCounter): number {
    return this.#sum(node * nodeCounters.length + nodeCounters.indexOf(counter))
  }

  edge(edge: number, counter: EdgeCounter): number {
    return this.#sum(this.#nodes * nodeCounters.length + edge * edgeCounters.length + edgeCounters.indexOf(counter))
  }

  #sum(offset: number): number {
    let sum = 0
    for (let at = offset; at < this.#cells.length; at += this.#perLane) sum += this.#cells[at] as number
    return sum
  }
}

export interface LaneCounters {
  readonly node: (node: number, counter: NodeCounter, amount: number) => void
  readonly edge: (edge: number, counter: EdgeCounter, amount: number) => void
}
