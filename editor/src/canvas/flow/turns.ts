/** Frames over which a change is spread: under half a second at 60 a second. */
const spread = 26

/** Tells many listeners about a change, a few in each frame, so that no frame is long; a listener that left is not told. */
export class Turns {
  readonly #least: number
  readonly #pause: () => number
  readonly #listeners: ReadonlyMap<() => void, unknown>
  #waiting = new Set<() => void>()
  #perFrame = 0
  #frames = 0
  #frame = 0

  /** `least`: so many are told in a turn where there are as many; `pause`: frames from one turn to the next. */
  constructor(listeners: ReadonlyMap<() => void, unknown>, least: number, pause: () => number = () => 1) {
    this.#listeners = listeners
    this.#least = least
    this.#pause = pause
  }

  /** Those who wait already keep their turn. */
  add(listeners: Iterable<() => void>): void {
    for (const listener of listeners) this.#waiting.add(listener)
    this.#perFrame = Math.max(this.#least, Math.ceil(this.#waiting.size / spread))
    if (!this.#frame && this.#waiting.size) this.#frame = requestAnimationFrame(() => this.#tell())
  }

  #tell(): void {
    const pause = this.#pause()
    let left = ++this.#frames % pause === 0 ? this.#perFrame * pause : 0
    for (const listener of this.#waiting) {
      if (left-- === 0) break
      this.#waiting.delete(listener)
      if (this.#listeners.has(listener)) listener()
    }
    this.#frame = this.#waiting.size ? requestAnimationFrame(() => this.#tell()) : 0
  }
}
