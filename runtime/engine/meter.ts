import type { LaneCounters } from './counters.ts'

export type Activity = 'working' | 'waiting' | 'blocked' | 'resource'

/**
 * Splits a node's time into working, waiting for input, blocked by output and waiting for a resource. Inside a lane
 * one node works at a time: when it asks for input it waits, when it has yielded it is blocked until asked again.
 */
export class Meter {
  readonly #node: number
  readonly #counters: LaneCounters
  readonly #clock: () => number
  #activity: Activity = 'blocked'
  #since: number

  constructor(node: number, counters: LaneCounters, clock: () => number) {
    this.#node = node
    this.#counters = counters
    this.#clock = clock
    this.#since = clock()
  }

  /** Books the time since the last change on what was going on, and goes on with `activity`; returns what it was. */
  turn(activity: Activity): Activity {
    const now = this.#clock()
    this.#counters.node(this.#node, this.#activity, now - this.#since)
    this.#since = now
    const before = this.#activity
    this.#activity = activity
    return before
  }

  /** Turns to `activity` until the promise settles. */
  async during<T>(activity: Activity, work: PromiseLike<T>): Promise<T> {
    const before = this.turn(activity)
    try {
      return await work
    } finally {
      this.turn(before)
    }
  }
}
