import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MetricsReader } from '../../engine/metricsreader.ts'
import type { LogLine, Snapshot, Unreadable } from '../api/index.ts'
import { uncounted } from './history.ts'
import { readLog } from './logpage.ts'

/** Somebody who follows a run: a tab, or a program that follows by HTTP. */
export interface Follower {
  /** Whether it has taken what it was given: who is slow gets the latest later, nothing piles up. */
  readonly ready: () => boolean
  readonly counters: (sample: Snapshot) => void
  readonly log?: (lines: readonly LogLine[], next: number) => void
  /** The counters cannot be read, and why; null: they can again. */
  readonly uncounted?: (why: Unreadable | null) => void
}

interface Following {
  readonly follower: Follower
  /** The sample that it has, by its number. */
  seen: number
  /** What it was told of counters that cannot be read. */
  told: Unreadable | null
  /** Where in the log it is; null while lines are on their way to it. */
  place: number | null
}

/** How often a followed run is looked at: a run writes its counters every 250 ms. */
const lookMilliseconds = 100
/** So long counters that could not be read are left alone: a file that is held by another program costs time. */
const restMilliseconds = 1000
/** So long the server waits for a file that another program holds. */
const heldMilliseconds = 50

/** Counters and log of the runs that somebody follows: one reader a run, however many follow it. */
export class LiveRuns {
  readonly #runs = new Map<string, LiveRun>()
  readonly #timer: NodeJS.Timeout
  readonly #log: (message: string) => void

  constructor(log: (message: string) => void) {
    this.#log = log
    this.#timer = setInterval(() => {
      for (const run of this.#runs.values()) run.look()
    }, lookMilliseconds).unref()
  }

  /** Gives the latest counters at once, then each change, until the returned function is called. */
  follow(folder: string, follower: Follower): () => void {
    const run = this.#runs.get(folder) ?? new LiveRun(folder, this.#log)
    this.#runs.set(folder, run)
    const leave = run.join(follower)
    run.look()
    return () => {
      if (leave() > 0) return
      run.close()
      this.#runs.delete(folder)
    }
  }

  /** Gives what is new of a run now. */
  look(folder: string): void {
    this.#runs.get(folder)?.look()
  }

  close(): void {
    clearInterval(this.#timer)
    for (const run of this.#runs.values()) run.close()
    this.#runs.clear()
  }
}

class LiveRun {
  readonly #folder: string
  readonly #log: (message: string) => void
  readonly #followers = new Set<Following>()
  #reader: MetricsReader | null = null
  #latest: Snapshot | null = null
  #number = 0
  /** Something was written that could not be read yet. */
  #behind = false
  /** Why the last tries failed, and when the next one is due. */
  #failed: { readonly message: string; readonly times: number; readonly next: number } | null = null
  #why: Unreadable | null = null

  constructor(folder: string, log: (message: string) => void) {
    this.#folder = folder
    this.#log = log
  }

  /** The returned function leaves, and says how many stay. */
  join(follower: Follower): () => number {
    const following: Following = { follower, seen: 0, told: null, place: logSize(this.#folder) }
    this.#followers.add(following)
    return () => {
      this.#followers.delete(following)
      return this.#followers.size
    }
  }

  look(): void {
    this.#readCounters()
    const size = logSize(this.#folder)
    for (const following of this.#followers) {
      const { follower } = following
      if (!follower.ready()) continue
      if (this.#latest && following.seen !== this.#number) {
        following.seen = this.#number
        follower.counters(this.#latest)
      }
      if (follower.uncounted && following.told !== this.#why) {
        following.told = this.#why
        follower.uncounted(this.#why)
      }
      if (follower.log && following.place !== null && size !== following.place)
        void this.#sendLog(following, follower.log)
    }
  }

  close(): void {
    this.#reader?.close()
    this.#reader = null
    this.#followers.clear()
  }

  #readCounters(): void {
    if (this.#failed && performance.now() < this.#failed.next) return
    try {
      this.#reader ??= new MetricsReader(this.#folder, { timeout: heldMilliseconds })
      if (!this.#reader.changed() && !this.#behind) return
      this.#behind = true
      const latest = this.#reader.latest()
      this.#behind = false
      this.#failed = null
      this.#why = null
      if (!latest || latest.at === this.#latest?.at) return
      this.#latest = latest
      this.#number++
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** Held for a moment, damaged, or gone with its folder: the run is shown without new counters. */
  #fail(error: Error): void {
    this.#reader?.close()
    this.#reader = null
    this.#behind = true
    const { message } = error
    if (message !== this.#failed?.message) this.#log(`the counters in ${this.#folder} cannot be read: ${message}`)
    const times = (this.#failed?.times ?? 0) + 1
    this.#failed = { message, times, next: performance.now() + restMilliseconds }
    // What lasts is told; a moment is nobody's business.
    if (times > 1 && existsSync(this.#folder)) this.#why ??= uncounted(this.#folder, error)
  }

  async #sendLog(following: Following, send: NonNullable<Follower['log']>): Promise<void> {
    const place = following.place as number // looked at before the call
    following.place = null
    let next = place
    try {
      const page = await readLog(this.#folder, place)
      next = page.next
      if (page.lines.length && this.#followers.has(following)) send(page.lines, next)
    } catch (error) {
      this.#log(`the log in ${this.#folder} cannot be read: ${(error as Error).message}`)
    } finally {
      following.place = next
    }
  }
}

const logSize = (folder: string): number => statSync(join(folder, 'run.log'), { throwIfNoEntry: false })?.size ?? 0
