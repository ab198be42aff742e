import { Metrics, type Snapshot } from './metrics.ts'
import type { RunLog } from './runlog.ts'

/** After so long without a row on any edge the log says who waits. */
const stallMilliseconds = 30_000

export interface HeartbeatOptions {
  readonly sample: () => Snapshot
  /** Parts that lanes work on now. */
  readonly running: () => number
  readonly log: RunLog
  readonly listen: ((sample: Snapshot) => void) | undefined
  /** The file of the run's history. */
  readonly path: string
}

/** Looks at a run's counters four times a second: shows them, writes their history, notices when nothing moves. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #metrics: Promise<Metrics>
  readonly #timer: NodeJS.Timeout
  #moved = { rows: -1, at: 0 }
  #historyLost = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#metrics = Metrics.open(options.path)
    this.#timer = setInterval(() => void this.#beat(), 250)
  }

  /** A last look, then the history is closed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#beat()
    await this.#metrics.then(
      (open) => open.close(),
      () => {},
    )
  }

  async #beat(): Promise<void> {
    const sample = this.#options.sample()
    this.#watch(sample)
    this.#options.listen?.(sample)
    try {
      ;(await this.#metrics).write(sample)
    } catch (error) {
      // History is not worth a run: a full disk ends it where rows are stored, or not at all.
      const message = `the history of this run is incomplete: ${(error as Error).message}`
      if (!this.#historyLost) this.#options.log.write({ level: 'warn', message })
      this.#historyLost = true
    }
  }

  #watch(sample: Snapshot): void {
    const rows = sample.edges.reduce((sum, edge) => sum + edge.rows, 0)
    if (rows !== this.#moved.rows) this.#moved = { rows, at: sample.at }
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
