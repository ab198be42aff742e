import { Account } from './account.ts'
import type { Batch } from './batch.ts'
import type { Column, TypedArray } from './column.ts'
import type { Block, Pool } from './pool.ts'

/** A constructor of typed arrays over shared memory. */
export interface ArrayType<T extends TypedArray> {
  new (buffer: ArrayBufferLike, offset: number, length: number): T
  readonly BYTES_PER_ELEMENT: number
}

/**
 * The memory of one node in one split. What a node allocates is its own until it is asked for its next batch;
 * what a batch looks at lives as long as somebody holds that batch.
 */
export class Scope {
  readonly pool: Pool
  readonly account: Account
  #loose: Block[] = []
  #batches: Batch[] = []
  readonly #kept = new Set<Batch>()
  #closed = false

  constructor(pool: Pool, account: Account = new Account()) {
    this.pool = pool
    this.account = account
  }

  /** A typed array of `length` elements in shared memory, its content undefined. */
  allocate<T extends TypedArray>(type: ArrayType<T>, length: number): T {
    const block = this.pool.allocate(length * type.BYTES_PER_ELEMENT)
    this.#loose.push(block)
    return new type(block.buffer, 0, length)
  }

  /** A bitmap for `length` rows, all bits 0. */
  bits(length: number): Uint8Array {
    return this.allocate(Uint8Array, (length + 7) >> 3).fill(0)
  }

  /** Registers a batch that this scope made. */
  own(batch: Batch): void {
    if (this.#closed) throw new Error('a node made a batch after its split had ended')
    this.#batches.push(batch)
  }

  /** A batch that was kept is free now. */
  forget(batch: Batch): void {
    this.#kept.delete(batch)
  }

  /** The node was asked for its next batch: what it made before and nobody keeps is free. */
  resume(): void {
    const batches = this.#batches
    const loose = this.#loose
    this.#batches = []
    this.#loose = []
    for (const batch of batches) if (!batch.release()) this.#kept.add(batch)
    for (const block of loose) this.pool.release(block)
  }

  /** The split is over, well or not: everything is free. */
  close(): void {
    this.#closed = true
    for (const batch of [...this.#batches, ...this.#kept]) batch.free()
    for (const block of this.#loose) this.pool.release(block)
    this.#batches = []
    this.#loose = []
  }

  /** The pool's blocks that columns look at, each once. */
  blocksOf(columns: readonly Column[]): Block[] {
    const found = new Set<Block>()
    const visit = (column: Column) => {
      for (const buffer of [column.values, column.offsets, column.validity]) {
        const block = buffer && this.pool.blockOf(buffer.buffer)
        if (block) found.add(block)
      }
      column.children.forEach(visit)
    }
    columns.forEach(visit)
    return [...found]
  }
}
