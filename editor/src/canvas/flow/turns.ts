/** Frames over which a change is spread: under half a second at 60 a second. */
const spread = 26

/** Tells many listeners about a change, a few in each frame, so that no frame is long; a listener that left is not told. */
export class Turns {
  readonly #least: number
  readonly #hold: () => number
  readonly #listeners: ReadonlyMap<() => void, unknown>
  #waiting = new Set<() => void>()
  #perFrame = 0
  #frame = 0
  #told = 0

  /**
   * `least`: so many are told in a frame where there are as many. `hold`: milliseconds for which frames are to be left
   * alone now; all are told in the one after it.
   */
  constructor(listeners: ReadonlyMap<() => void, unknown>, least: number, hold: () => number = () => 0) {
    this.#listeners = listeners
    this.#least = least
    this.#hold = hold
  }

  /** Those who wait already keep their turn. */
  add(listeners: Iterable<() => void>): void {
    for (const listener of listeners) this.#waiting.add(listener)
    this.#perFrame = Math.max(this.#least, Math.ceil(this.#waiting.size / spread))
    if (!this.#frame && this.#waiting.size) this.#frame = requestAnimationFrame(() => this.#tell())
  }

  #tell(): void {
    const hold = this.#hold()
    const now = performance.now()
    if (hold === 0 || now - this.#told >= hold) {
      let left = hold === 0 ? this.#perFrame : this.#waiting.size
      this.#told = now
      for (const listener of this.#waiting) {
        if (left-- === 0) break
        this.#waiting.delete(listener)
        if (this.#listeners.has(listener)) listener()
      }
    }
    this.#frame = this.#waiting.size ? requestAnimationFrame(() => this.#tell()) : 0
  }
}
