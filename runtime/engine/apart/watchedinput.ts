import type { Batch } from '../../memory/index.ts'
import type { Note } from '../crash/notes.ts'
import type { Watched } from '../crash/watched.ts'

/**
 * A sink's input that notes when the sink works: from the moment it has a batch until it asks for the next one, and at
 * the end until it is done. While it waits for rows others work.
 */
export class WatchedInput {
  readonly #input: AsyncGenerator<Batch>
  readonly #watched: Watched | undefined
  readonly #note: Note
  /** A node before the sink is the reason of its error. */
  failed = false

  constructor(input: AsyncGenerator<Batch>, watched: Watched | undefined, note: Note) {
    this.#input = input
    this.#watched = watched
    this.#note = note
  }

  async *batches(): AsyncGenerator<Batch> {
    try {
      for (;;) {
        const next = await this.#next()
        await this.#watched?.begin(this.#note)
        if (next.done) return
        yield next.value
        this.#watched?.end()
      }
    } finally {
      await this.#input.return(undefined)
    }
  }

  async #next(): Promise<IteratorResult<Batch>> {
    try {
      return await this.#input.next()
    } catch (error) {
      this.failed = true
      throw error
    }
  }
}
