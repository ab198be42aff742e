import type { HeadraceError } from '../../pipeline/problem.ts'
import type { Coordinator } from '../coordinator.ts'
import type { PlannedSplit } from '../runfolder.ts'
import type { Tables } from './tables.ts'

export interface RoundsOptions {
  /** The splits that are known when the run starts. */
  readonly splits: readonly PlannedSplit[]
  /** Null where no node gathers: in a replay. */
  readonly tables: Pick<Tables, 'next' | 'gather'> | null
  /** Drives the splits that are not done; a new one for each round. */
  readonly coordinator: (splits: readonly PlannedSplit[]) => Coordinator
  /** Has free memory given back before a node works on all its rows. */
  readonly trim: () => Promise<void>
}

/**
 * A run in rounds: all splits that there are; then the first node that needs all rows and has got them makes its own,
 * which are the next round's; until no node is left.
 */
export class Rounds {
  readonly #options: RoundsOptions
  readonly #abort = new AbortController()
  #coordinator: Coordinator | undefined
  #failure: HeadraceError | undefined
  #stopped = false

  constructor(options: RoundsOptions) {
    this.#options = options
  }

  /** The round at work. */
  get coordinator(): Coordinator | undefined {
    return this.#coordinator
  }

  /** Runs until everything is done (0), stopped (how much is left at least) or failed (rejects). */
  async run(): Promise<number> {
    const { coordinator, tables, trim } = this.#options
    const splits = [...this.#options.splits]
    for (;;) {
      this.#coordinator = coordinator(splits)
      if (this.#stopped) this.#coordinator.stop()
      const { left } = await this.#coordinator.run()
      const node = left === 0 ? tables?.next() : undefined
      if (!node || !tables) return left
      if (this.#stopped) return 1
      await trim()
      try {
        splits.push(...(await tables.gather(node, splits.length, this.#abort.signal)))
      } catch (error) {
        if (this.#failure) throw this.#failure
        if (this.#stopped && this.#abort.signal.aborted) return 1
        throw error
      }
      // Something broke meanwhile, and the node did not notice: its rows are made, but no lane may be there for them.
      if (this.#failure) throw this.#failure
    }
  }

  /** Finishes what lanes have in flight; a node that works on all its rows gives it up and will do it anew. */
  stop(): void {
    this.#stopped = true
    this.#coordinator?.stop()
    this.#abort.abort(new Error('the run was stopped'))
  }

  fail(error: HeadraceError): void {
    this.#failure ??= error
    this.#coordinator?.fail(error)
    this.#abort.abort(error)
  }
}
