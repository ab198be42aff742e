/** Tells many listeners about a change, a few in each frame, so that no frame is long; a listener that left is not told. */
export class Turns {
  readonly #perFrame: number
  readonly #listeners: ReadonlyMap<() => void, unknown>
  #waiting = new Set<() => void>()
  #frame = 0

  constructor(listeners: ReadonlyMap<() => void, unknown>, perFrame: number) {
    this.#listeners = listeners
    this.#perFrame = perFrame
  }

  /** Those who wait already keep their turn. */
  add(listeners: Iterable<() => void>): void {
    for (const listener of listeners) this.#waiting.add(listener)
    if (!this.#frame && this.#waiting.size) this.#frame = requestAnimationFrame(() => this.#tell())
  }

  #tell(): void {
    let left = this.#perFrame
    for (const listener of this.#waiting) {
      if (left-- === 0) break
      this.#waiting.delete(listener)
      if (this.#listeners.has(listener)) listener()
    }
    this.#frame = this.#waiting.size ? requestAnimationFrame(() => this.#tell()) : 0
  }
}
