import type { Receipt } from '../sdk/node.ts'
import { backoff } from './backoff.ts'
import type { PartedReceipt } from './storing.ts'

/** A sink as the scheduler sees it: which splits reach it, and when its commits close. */
export interface ScheduledSink {
  readonly id: string
  /** The splits that reach it, ascending, less those that it has committed. */
  readonly splits: readonly number[]
  readonly group: { readonly rows: number; readonly bytes: number; readonly seconds: number } | undefined
  /** Splits of which it makes rows durable apart from others, in parts: some row of theirs is at fault. */
  readonly apart?: ReadonlySet<number>
  /** Sinks whose rejected rows come to it: each split is theirs first, so that what they refuse at the end is among it. */
  readonly after?: readonly string[]
}

export interface SchedulerOptions {
  readonly lanes: number
  /** Splits that are not done, ascending. */
  readonly splits: readonly number[]
  readonly sinks: readonly ScheduledSink[]
  /** How many splits may be staged or running before the oldest is committed. */
  readonly ahead: number
  /** How often a split is tried where the surroundings fail. */
  readonly tries: number
}

/** What the world has to do next. */
export type Action =
  /** `apart`: the sink that makes this split's rows durable in parts. */
  | { readonly do: 'run'; readonly lane: number; readonly split: number; readonly apart?: string }
  | {
      readonly do: 'commit'
      readonly sink: string
      readonly splits: readonly number[]
      readonly receipts: readonly Receipt[]
    }
  /** Every sink has these splits: their books count. */
  | { readonly do: 'done'; readonly splits: readonly number[] }
  | { readonly do: 'wait'; readonly until: number }

interface SinkState {
  readonly plan: ScheduledSink
  readonly reached: ReadonlySet<number>
  readonly receipts: Map<number, { receipt: Receipt; since: number }>
  next: number
  committing: boolean
  /** Splits whose turn it is to be made durable in parts when it comes to them. */
  readonly apart: Set<number>
  /** Where in `splits` those end that it refused together; 0: it did not. */
  refused: number
}

/**
 * Hands splits to lanes in source order and closes commits, per sink, in source order. A step function: events in,
 * actions out; time comes with the events, so that a simulation can run it.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #idle: number[]
  readonly #queue: { split: number; notBefore: number; apart?: string }[]
  readonly #sinks: SinkState[]
  readonly #missing = new Map<number, number>()
  readonly #running = new Map<number, number>()
  /** Splits that run apart, by the sink. */
  readonly #apart = new Map<number, string>()
  readonly #attempts = new Map<number, number>()
  #uncommitted = 0
  #stopping = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#idle = Array.from({ length: options.lanes }, (_, lane) => lane)
    this.#queue = options.splits.map((split) => ({ split, notBefore: 0 }))
    this.#sinks = options.sinks.map((plan) => ({
      plan,
      reached: new Set(plan.splits),
      receipts: new Map(),
      next: 0,
      committing: false,
      apart: new Set(plan.apart),
      refused: 0,
    }))
    for (const split of options.splits) {
      this.#missing.set(split, this.#sinks.filter((sink) => sink.reached.has(split)).length)
    }
  }

  /** No new splits; what runs is finished and committed. */
  stop(): void {
    this.#stopping = true
    // What was staged once is in flight, also where its rows go to a sink in parts.
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter(({ apart }) => apart !== undefined))
  }

  /**
   * True when nothing runs, nothing waits and everything that was staged is committed; after a stop, all that can be:
   * what is staged behind a split that was given up waits for the next start.
   */
  get settled(): boolean {
    if (this.#queue.length > 0 || this.#running.size > 0) return false
    if (this.#uncommitted === 0) return true
    const mayCommit = ({ committing, receipts, plan, next }: SinkState) =>
      committing || receipts.has(plan.splits[next] as number)
    return this.#stopping && !this.#sinks.some(mayCommit)
  }

  /** How many splits are neither done nor given up. */
  get left(): number {
    return this.#missing.size
  }

  get running(): number {
    return this.#running.size
  }

  /** The lanes that have a split. */
  get lanes(): ReadonlySet<number> {
    return new Set(this.#running.keys())
  }

  /** Whether splits wait to be handed out. */
  get waiting(): boolean {
    return this.#queue.length > 0
  }

  /** A lane has staged a split. */
  splitStaged(lane: number, receipts: Readonly<Record<string, Receipt>>, now: number): Action[] {
    const split = this.#free(lane)
    this.#uncommitted++
    this.#apart.delete(split)
    for (const sink of this.#sinks) {
      const receipt = receipts[sink.plan.id]
      // One that ran again may be durable in this sink already.
      if (receipt && sink.reached.has(split) && sink.plan.splits.indexOf(split, sink.next) >= 0)
        sink.receipts.set(split, { receipt, since: now })
    }
    const done = this.#missing.get(split) === 0 ? this.#finish([split]) : []
    return [...done, ...this.next(now)]
  }

  /** A split failed. True where it will be tried again. */
  splitFailed(lane: number, retry: boolean, now: number): boolean {
    const split = this.#free(lane)
    const attempts = (this.#attempts.get(split) ?? 0) + 1
    this.#attempts.set(split, attempts)
    if (!retry || this.#stopping || attempts >= this.#options.tries) return false
    const apart = this.#apart.get(split)
    this.#queue.unshift({ split, notBefore: now + backoff(attempts, split), ...(apart && { apart }) })
    return true
  }

  /**
   * A sink could not make splits durable, and some row of theirs is the reason: half of them is tried next; one split
   * alone runs again, and its rows are made durable in parts.
   */
  refused(sinkId: string, splits: readonly number[], now: number): Action[] {
    const sink = this.#sinks.find(({ plan }) => plan.id === sinkId) as SinkState
    sink.committing = false
    sink.refused = sink.next + splits.length
    if (splits.length === 1) sink.apart.add(splits[0] as number)
    return this.next(now)
  }

  /** A sink has made splits durable and the ledger says so. */
  committed(sinkId: string, splits: readonly number[], now: number): Action[] {
    const sink = this.#sinks.find(({ plan }) => plan.id === sinkId) as SinkState
    sink.committing = false
    sink.next += splits.length
    const done: number[] = []
    for (const split of splits) {
      sink.receipts.delete(split)
      const left = (this.#missing.get(split) as number) - 1
      this.#missing.set(split, left)
      if (left === 0) done.push(split)
    }
    return [...this.#finish(done), ...this.next(now)]
  }

  /** What can be done now. */
  next(now: number): Action[] {
    return [...this.#commits(now), ...this.#starts(now)]
  }

  #free(lane: number): number {
    const split = this.#running.get(lane) as number
    this.#running.delete(lane)
    this.#idle.push(lane)
    return split
  }

  #finish(splits: readonly number[]): Action[] {
    if (splits.length === 0) return []
    for (const split of splits) this.#missing.delete(split)
    this.#uncommitted -= splits.length
    return [{ do: 'done', splits }]
  }

  #starts(now: number): Action[] {
    const actions: Action[] = []
    while (this.#idle.length > 0 && this.#running.size + this.#uncommitted < this.#options.ahead) {
      const first = this.#queue[0]
      if (!first) break
      if (first.notBefore > now) {
        actions.push({ do: 'wait', until: first.notBefore })
        break
      }
      this.#queue.shift()
      const lane = this.#idle.shift() as number
      const { split, apart } = first
      this.#running.set(lane, split)
      if (apart) this.#apart.set(split, apart)
      actions.push({ do: 'run', lane, split, ...(apart && { apart }) })
    }
    return actions
  }

  #commits(now: number): Action[] {
    return this.#sinks.flatMap((sink) => (sink.committing ? [] : this.#commitOf(sink, now)))
  }

  #isFirstOfOthers({ plan }: SinkState, split: number): boolean {
    const first = this.#sinks.filter((other) => plan.after?.includes(other.plan.id))
    return first.some(({ plan: other, next }) => other.splits.indexOf(split, next) >= 0)
  }

  /** Where it is the turn of a split that goes into the sink in parts, it runs again, before all others. */
  #setApart({ apart, plan, next, receipts }: SinkState): void {
    const split = plan.splits[next] as number
    if (!apart.has(split) || this.#queue.some((one) => one.split === split)) return
    // Another sink may have it run again just now.
    if ([...this.#running.values()].includes(split)) return
    // Another has just made it durable in parts: which rows it rejected must be on record before it runs once more.
    if (this.#sinks.some(({ receipts: theirs }) => theirs !== receipts && isParted(theirs.get(split)?.receipt))) return
    if (!receipts.delete(split)) return
    apart.delete(split)
    this.#uncommitted--
    this.#queue.unshift({ split, notBefore: 0, apart: plan.id })
  }

  /** The next commit of a sink: staged splits in source order, up to the group's limits. */
  #commitOf(sink: SinkState, now: number): Action[] {
    const { group, splits } = sink.plan
    this.#setApart(sink)
    const most = sink.refused > sink.next ? Math.max(1, (sink.refused - sink.next) >> 1) : Number.POSITIVE_INFINITY
    const ready: { split: number; receipt: Receipt; since: number }[] = []
    let rows = 0
    let bytes = 0
    let full = false
    for (let at = sink.next; at < splits.length && !full; at++) {
      const split = splits[at] as number
      const staged = sink.receipts.get(split)
      if (!staged || ready.length === most || sink.apart.has(split) || this.#isFirstOfOthers(sink, split)) break
      // What a commit costs in memory goes with its bytes: the next split waits for a commit of its own.
      if (ready.length > 0 && bytes + staged.receipt.bytes > (group?.bytes ?? Number.POSITIVE_INFINITY)) {
        full = true
        break
      }
      ready.push({ split, ...staged })
      rows += staged.receipt.rows
      bytes += staged.receipt.bytes
      full = group !== undefined && (rows >= group.rows || bytes >= group.bytes)
    }
    const first = ready[0]
    if (!first) return []
    // Memory is not held by staged files, so only size, age and the end of the work close a group.
    const last = this.#running.size === 0 && this.#queue.length === 0
    const held = this.#running.size + this.#uncommitted >= this.#options.ahead
    const closes = first.since + (group?.seconds ?? 0) * 1000
    if (group && !full && !last && !held && ready.length < most && now < closes) return [{ do: 'wait', until: closes }]
    sink.committing = true
    return [
      {
        do: 'commit',
        sink: sink.plan.id,
        splits: ready.map(({ split }) => split),
        receipts: ready.map(({ receipt }) => receipt),
      },
    ]
  }
}

const isParted = (receipt: PartedReceipt | undefined): boolean => receipt?.stored !== undefined
