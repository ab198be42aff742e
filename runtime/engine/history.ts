/** How closely the past is kept: samples of the last `age` milliseconds stand `every` milliseconds apart. */
const levels = [
  { age: 2 * 60_000, every: 0 },
  { age: 10 * 60_000, every: 1000 },
  { age: 60 * 60_000, every: 5000 },
  { age: 6 * 3_600_000, every: 30_000 },
  { age: Number.POSITIVE_INFINITY, every: 5 * 60_000 },
]

/** Nodes and edges for which the levels are meant; a run with more of them keeps fewer samples. */
const usual = 50
/** Most samples of the last level: a run of weeks keeps them further apart. */
const mostOld = 1000
/** How often the past is thinned out. */
const pause = 10_000

/** Which samples of a run stay in its history as it grows: it knows times alone. */
export class History {
  readonly #scale: number
  #times: number[]
  #thinned = 0

  constructor(width: number, times: readonly number[] = []) {
    this.#scale = Math.max(1, width / usual)
    this.#times = [...times]
  }

  get length(): number {
    return this.#times.length
  }

  /** Takes a sample in; returns the times of those that are to be forgotten. */
  add(at: number): number[] {
    if (this.#times.at(-1) !== at) this.#times.push(at)
    if (at - this.#thinned < pause) return []
    this.#thinned = at
    const kept: number[] = []
    const gone: number[] = []
    let bucket = ''
    for (const time of this.#times) {
      const every = this.#every(at - time, at)
      const own = every === 0 ? String(time) : `${every} ${Math.floor(time / every)}`
      ;(own === bucket ? gone : kept).push(time)
      bucket = own
    }
    this.#times = kept
    return gone
  }

  #every(age: number, now: number): number {
    const { every } = levels.find((level) => age * this.#scale <= level.age) as (typeof levels)[number]
    return every < 300_000 ? every : Math.max(every, 2 ** Math.ceil(Math.log2(now / mostOld)))
  }
}
