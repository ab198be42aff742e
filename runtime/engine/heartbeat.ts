import { Metrics } from './metrics.ts'
import type { RunLog } from './runlog.ts'
import type { Snapshot } from './snapshot.ts'

/** After so long without a row on any edge the log says who waits. */
const stallMilliseconds = 30_000

export interface HeartbeatOptions {
  readonly sample: () => Snapshot
  /** Parts that lanes work on now. */
  readonly running: () => number
  /** Whether a node works on all its rows: then none moves, and the node itself says how far it is. */
  readonly gathering: () => boolean
  readonly log: RunLog
  /** At each beat, before the counters: what others ask of the run. */
  readonly look: () => void
  readonly listen: ((sample: Snapshot) => void) | undefined
  /** The file of the run's history. */
  readonly path: string
}

/** Looks at a run's counters five times a second: shows them, writes their history, notices when nothing moves. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #metrics: Promise<Metrics> | undefined
  readonly #timer: NodeJS.Timeout
  #first: NodeJS.Immediate | undefined
  #moved = { rows: -1, at: 0 }
  #historyLost = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#beat(), 200)
  }

  /** The lanes have their work, and this thread waits for them: now SQLite is loaded and the history opened. */
  begin(): void {
    this.#first = setImmediate(() => void this.#beat())
  }

  /** A last look, then the history is closed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    clearImmediate(this.#first)
    await this.#beat(true)
    await this.#opened().then(
      (open) => open.close(),
      () => {},
    )
  }

  #opened(): Promise<Metrics> {
    this.#metrics ??= Metrics.open(this.#options.path)
    return this.#metrics
  }

  async #beat(last = false): Promise<void> {
    this.#options.look()
    const taken = this.#options.sample()
    this.#watch(taken)
    const metrics = await this.#opened().catch((error: Error) => error)
    const lost = metrics instanceof Error
    const sample = { ...taken, at: taken.at + (lost ? 0 : metrics.before) }
    this.#options.listen?.(sample)
    try {
      if (lost) throw metrics
      metrics.write(sample, last)
    } catch (error) {
      // History is not worth a run: a full disk ends it where rows are stored, or not at all.
      const message = `the history of this run is incomplete: ${(error as Error).message}`
      if (!this.#historyLost) this.#options.log.write({ level: 'warn', message })
      this.#historyLost = true
    }
  }

  #watch(sample: Snapshot): void {
    const rows = sample.edges.reduce((sum, edge) => sum + edge.rows, 0)
    if (rows !== this.#moved.rows || this.#options.gathering()) this.#moved = { rows, at: sample.at }
    if (sample.at - this.#moved.at < stallMilliseconds) return
    this.#moved = { rows, at: sample.at }
    const queues = sample.edges
      .filter(({ queued }) => queued > 0)
      .map(({ from, to, queued }) => `${queued} rows wait between ${from} and ${to}`)
    const waits = queues.join('; ') || 'no rows wait between nodes'
    const message = `no row has moved for ${stallMilliseconds / 1000} s; ${this.#options.running()} parts are at work; ${waits}`
    this.#options.log.write({ level: 'warn', message })
  }
}
