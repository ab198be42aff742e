/**
 * The bound of a channel: at most `capacity` descriptors are on their way; who comes after waits until one has arrived,
 * in the order of coming. A step function: `take` and `give` are the only events.
 */
export class Credits {
  readonly capacity: number
  #taken = 0
  readonly #waiting: (() => void)[] = []

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Descriptors on their way now. */
  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Asks for a place; `granted` is called at once, or when one is free. Returns a way to ask no longer. */
  take(granted: () => void): () => void {
    if (this.#taken < this.capacity) {
      this.#taken++
      granted()
      return () => {}
    }
    this.#waiting.push(granted)
    return () => {
      const at = this.#waiting.indexOf(granted)
      if (at >= 0) this.#waiting.splice(at, 1)
    }
  }

  /** A descriptor has arrived: its place goes to whoever waits longest. */
  give(): void {
    if (this.#taken === 0) throw new Error('a place was given back that nobody had')
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken--
  }
}
