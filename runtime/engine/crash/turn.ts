import { setTimeout } from 'node:timers/promises'

/**
 * After a crash, native calls of all threads take turns while it is not known which row was at fault: the one call that
 * is at work when the process dies again is the one to blame. No thread blocks: who finds it taken looks again.
 */
export class Turn {
  readonly #taken: Int32Array

  /** Over 4 shared bytes. */
  constructor(buffer: SharedArrayBuffer) {
    this.#taken = new Int32Array(buffer)
  }

  async take(): Promise<void> {
    while (Atomics.compareExchange(this.#taken, 0, 0, 1) !== 0) await setTimeout(1)
  }

  give(): void {
    Atomics.store(this.#taken, 0, 0)
  }
}
