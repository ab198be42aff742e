import { type Pool, Scope } from '../memory/index.ts'
import type { RejectedRow } from '../server/api/rows.ts'
import type { Left } from './alone.ts'

/** What a node made of the sample: kept, so that a change further down does not repeat it. */
export interface Result {
  readonly scope: Scope
  /** By the source that the rows come from. */
  readonly left: ReadonlyMap<string, Left>
  /** The first rejected rows; `index` is given when they are shown. */
  readonly rejected: readonly RejectedRow[]
  readonly counts: { readonly in: number; readonly out: number; readonly filtered: number; readonly rejected: number }
  readonly limited: boolean
  /** Of a source: the sample is everything. */
  readonly complete: boolean
  readonly bytes: number
}

/** The results of previews, the latest used last; what is beyond the bound goes, longest unused first. */
export class Results {
  readonly pool: Pool
  readonly #most: number
  readonly #kept = new Map<string, Result>()
  #bytes = 0

  constructor(pool: Pool, most = 256 << 20) {
    this.pool = pool
    this.#most = most
  }

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Result | undefined {
    const found = this.#kept.get(key)
    if (found) {
      this.#kept.delete(key)
      this.#kept.set(key, found)
    }
    return found
  }

  /** Makes a result in memory of its own; where that fails, nothing stays. */
  async make(key: string, run: (scope: Scope) => Promise<Omit<Result, 'scope'>>): Promise<Result> {
    const scope = new Scope(this.pool)
    try {
      const result = { ...(await run(scope)), scope }
      this.#kept.set(key, result)
      this.#bytes += result.bytes
      return result
    } catch (error) {
      scope.close()
      throw error
    }
  }

  /** Lets go of what is beyond the bound: between two previews, for one uses what is here. */
  trim(): void {
    const before = this.#kept.size
    for (const [key, { scope, bytes }] of this.#kept) {
      if (this.#bytes <= this.#most) break
      this.#kept.delete(key)
      this.#bytes -= bytes
      scope.close()
    }
    if (this.#kept.size < before) this.pool.trim()
  }
}
