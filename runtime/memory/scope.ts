import { Account } from './account.ts'
import type { Batch } from './batch.ts'
import { isCoded, type Stored } from './coded.ts'
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
  /** The node's output ports that lead somewhere; undefined: all do. */
  readonly ports: ReadonlySet<string> | undefined
  #loose: Block[] = []
  #fresh: Batch[] = []
  readonly #live = new Set<Batch>()
  #closed = false

  constructor(pool: Pool, account: Account = new Account(), ports?: ReadonlySet<string>) {
    this.pool = pool
    this.account = account
    this.ports = ports
  }

  /** A typed array of `length` elements in shared memory, its content undefined. */
  allocate<T extends TypedArray>(type: ArrayType<T>, length: number): T {
    if (this.#closed) throw new Error('a node asked for memory after its split had ended')
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
    const late = this.account.late ?? (this.#closed ? new Error('a node made a batch after its split had ended') : null)
    if (late) throw late
    this.#fresh.push(batch)
    this.#live.add(batch)
  }

  /** Nobody holds the batch any more. */
  forget(batch: Batch): void {
    this.#live.delete(batch)
  }

  /** The node was asked for its next batch: what it made before and nobody keeps is free. */
  resume(): void {
    const batches = this.#fresh
    const loose = this.#loose
    this.#fresh = []
    this.#loose = []
    for (const batch of batches) batch.leave()
    for (const block of loose) this.pool.release(block)
  }

  /** The split is over, well or not: everything is free. */
  close(): void {
    this.#closed = true
    for (const batch of this.#live) batch.free()
    for (const block of this.#loose) this.pool.release(block)
    this.#fresh = []
    this.#loose = []
  }

  /** True after `close`. */
  get closed(): boolean {
    return this.#closed
  }

  /** The pool's blocks that columns, and places of rows in them, look at; one that several look at comes several times. */
  blocksOf(columns: readonly Stored[], places: Int32Array | null = null): Block[] {
    const found: Block[] = []
    if (places) this.#look(places, found)
    for (const column of columns) {
      if (isCoded(column)) this.#look(column.codes, found)
      this.#lookAt(isCoded(column) ? column.values : column, found)
    }
    return found
  }

  #lookAt({ values, offsets, validity, children }: Column, found: Block[]): void {
    if (values) this.#look(values, found)
    if (offsets) this.#look(offsets, found)
    if (validity) this.#look(validity, found)
    for (const child of children) this.#lookAt(child, found)
  }

  #look({ buffer }: TypedArray, found: Block[]): void {
    const block = this.pool.blockOf(buffer)
    if (block) found.push(block)
  }
}
