import type { Block, Column, Pool, Scope } from '@headrace/runtime/sdk'

/** Holds the memory of dictionaries for longer than the batches that look at them: until their row group is over. */
export class Holds {
  readonly #pool: Pool
  readonly #held = new Map<Column, { readonly blocks: readonly Block[]; readonly group: number }>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Holds a dictionary of the row group that begins at a row, once. */
  add(scope: Scope, values: Column, group: number): void {
    if (this.#held.has(values)) return
    const blocks = scope.blocksOf([values])
    for (const block of blocks) this.#pool.hold(block)
    this.#held.set(values, { blocks, group })
  }

  /** Gives back those of row groups that begin before a row. */
  drop(row: number): void {
    for (const [values, { blocks, group }] of this.#held) {
      if (group >= row) continue
      for (const block of blocks) this.#pool.release(block)
      this.#held.delete(values)
    }
  }
}
