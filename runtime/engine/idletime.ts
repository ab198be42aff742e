import type { CountWriter } from './counters.ts'
import type { FlowPlan } from './flowplan.ts'

export interface IdleTimeOptions {
  readonly flow: FlowPlan
  /** A row of the counters for each lane's time without a split. */
  readonly idle: readonly CountWriter[]
  /** A row for the sinks' own work. */
  readonly sinks: CountWriter
  readonly clock: () => number
}

/**
 * Books the time in which a lane has no split at hand, so that the times of the nodes add up to the lanes' time. When
 * lanes stand still because a sink stores, the sink works and the nodes above it are blocked; a lane for which nothing
 * is left to do counts no more.
 */
export class IdleTime {
  readonly #options: IdleTimeOptions
  readonly #above: ReadonlyMap<string, ReadonlySet<string>>
  readonly #said: string[]
  readonly #storing = new Set<string>()
  /** What stored last, and until when: a lane that ended meanwhile is heard of only after it. */
  #lately: { readonly sinks: readonly string[]; readonly until: number } = { sinks: [], until: 0 }
  #running: ReadonlySet<number> = new Set()
  #left = true
  #gathering: string | null = null

  constructor(options: IdleTimeOptions) {
    this.#options = options
    const { flow, idle } = options
    this.#said = idle.map(() => '')
    const ends = flow.nodes.filter(({ kind }) => kind === 'sink' || kind === 'table')
    this.#above = new Map(ends.map(({ id }) => [id, nodesAbove(flow, id)]))
  }

  /** A sink begins or ends to make rows durable. */
  storing(sink: string, on: boolean): void {
    const { flow, sinks, clock } = this.#options
    const now = clock()
    if (!on) this.#lately = { sinks: [...this.#storing], until: now }
    if (on) this.#storing.add(sink)
    else this.#storing.delete(sink)
    const node = flow.nodes.find(({ id }) => id === sink)
    if (node) sinks.turn(node.index, on ? 'storing' : null, now)
    this.#say(now)
  }

  get isGathering(): boolean {
    return this.#gathering !== null
  }

  /** A node works on all its rows (null: none does any more): those behind it wait, those before it are done. */
  gathering(node: string | null): void {
    this.#gathering = node
    this.#say(this.#options.clock())
  }

  /** Lanes at work now, and whether splits are left that none of them has. */
  lanes(running: ReadonlySet<number>, left: boolean): void {
    this.#running = running
    this.#left = left
    this.#say(this.#options.clock())
  }

  /** A lane ended its split at `since`; until now the main thread was at something else. */
  freed(lane: number, since: number): void {
    const { sinks, until } = this.#lately
    if (since < until) this.#turn(lane, sinks, since)
    else this.#turn(lane, [...this.#storing], since)
  }

  /** The run is over. */
  close(): void {
    const now = this.#options.clock()
    for (const lane of this.#said.keys()) this.#turn(lane, null, now)
  }

  #say(now: number): void {
    const storing = [...this.#storing]
    const working = this.#running.size > 0
    for (const lane of this.#said.keys()) {
      if (this.#gathering !== null) {
        this.#gather(lane, this.#gathering, now)
        continue
      }
      const held = storing.length > 0 && (this.#left || !working)
      const nothing = this.#running.has(lane) || !(held || this.#left)
      this.#turn(lane, nothing ? null : held ? storing : [], now)
    }
  }

  #gather(lane: number, node: string, now: number): void {
    this.#turn(lane, null, now)
    this.#said[lane] = `gathering ${node}`
    const { flow, idle } = this.#options
    const behind = new Set([node])
    for (const { id } of flow.nodes)
      for (const { from, to } of flow.edges) if (from === id && behind.has(id)) behind.add(to)
    for (const { id, index } of flow.nodes)
      if (behind.has(id)) idle[lane]?.turn(index, id === node ? 'working' : 'waiting', now)
  }

  /** `storing` null: the lane is at work, or has nothing left to do. */
  #turn(lane: number, storing: readonly string[] | null, now: number): void {
    const text = storing?.join() ?? 'none'
    if (text === this.#said[lane]) return
    this.#said[lane] = text
    const { flow, idle } = this.#options
    const writer = idle[lane] as CountWriter
    const above = new Set(storing?.flatMap((sink) => [...(this.#above.get(sink) ?? [])]))
    for (const { id, index } of flow.nodes) {
      const activity = storing?.includes(id) ? 'working' : above.has(id) ? 'blocked' : 'waiting'
      writer.turn(index, storing && activity, now)
    }
    for (const { from, to, index } of flow.edges) {
      const waits = above.has(from) && (above.has(to) || Boolean(storing?.includes(to)))
      writer.press(index, waits, now)
    }
  }
}

/** The nodes whose rows come to an end, up to those that had needed all rows. */
function nodesAbove({ nodes, edges }: FlowPlan, end: string): Set<string> {
  const below = [end]
  const found = new Set<string>()
  for (const node of below) {
    if (node !== end && nodes.find(({ id }) => id === node)?.kind === 'table') continue
    for (const { from, to } of edges) {
      if (to !== node || found.has(from)) continue
      found.add(from)
      below.push(from)
    }
  }
  return found
}
