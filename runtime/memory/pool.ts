import { letGo } from './collect.ts'

/** A piece of shared memory that one or more batches hold; free again when nobody does. */
export interface Block {
  readonly id: number
  readonly buffer: SharedArrayBuffer
}

/** What a worker needs to join the pool: counters that all threads share. */
export interface PoolHandle {
  readonly cap: number
  readonly holds: SharedArrayBuffer
  readonly totals: SharedArrayBuffer
}

const maxBlocks = 1 << 18
const smallest = 1024
const nextId = 0
const bytesAllocated = 1
const bytesCopied = 2
const bytesHighest = 3

/**
 * Shared memory in blocks of a few sizes, kept for reuse: fresh shared memory is slow to touch.
 * Each thread has a pool of its own over the same counters; a block belongs to the thread that allocated it and
 * returns to that thread's free list when its holds, which any thread may drop, reach zero.
 */
export class Pool {
  readonly cap: number
  readonly #holds: Int32Array
  readonly #totals: BigInt64Array
  readonly #owned = new Map<number, Block[]>()
  readonly #blockOf = new WeakMap<ArrayBufferLike, Block>()
  /** This thread's blocks and those that came from others, by number. */
  readonly #known = new Map<number, Block>()
  #adopted = 0
  /** With `poison`, released memory is overwritten, so that a use after release shows as wrong values. */
  poison = false

  constructor(handle: PoolHandle | number) {
    const shared = typeof handle === 'number' ? Pool.#fresh(handle) : handle
    this.cap = shared.cap
    this.#holds = new Int32Array(shared.holds)
    this.#totals = new BigInt64Array(shared.totals)
  }

  static #fresh(cap: number): PoolHandle {
    return { cap, holds: new SharedArrayBuffer(maxBlocks * 4), totals: new SharedArrayBuffer(64) }
  }

  get handle(): PoolHandle {
    return {
      cap: this.cap,
      holds: this.#holds.buffer as SharedArrayBuffer,
      totals: this.#totals.buffer as SharedArrayBuffer,
    }
  }

  /** Bytes of shared memory that exist now, in use or kept for reuse, in all threads. */
  get allocated(): number {
    return Number(Atomics.load(this.#totals, bytesAllocated))
  }

  /** The most bytes that ever existed at once. */
  get highest(): number {
    return Number(Atomics.load(this.#totals, bytesHighest))
  }

  /** Bytes that crossed into shared memory because a batch came from elsewhere; 0 in a run is the aim. */
  get copied(): number {
    return Number(Atomics.load(this.#totals, bytesCopied))
  }

  countCopy(bytes: number): void {
    Atomics.add(this.#totals, bytesCopied, BigInt(bytes))
  }

  /** A block of at least `bytes` with one hold. Its content is whatever was there before. */
  allocate(bytes: number): Block {
    const size = sizeClass(bytes)
    const owned = this.#ofSize(size)
    for (let i = owned.length - 1; i >= 0; i--) {
      const block = owned[i] as Block
      if (Atomics.compareExchange(this.#holds, block.id, 0, 1) === 0) {
        // Found blocks move to the front, so that the free ones gather at the end and are found at once.
        owned.splice(i, 1)
        owned.unshift(block)
        return block
      }
      if (owned.length - i > 256) break
    }
    // Free blocks of all sizes are for small batches, which are the most; large ones would add up to many times a large row.
    if (this.allocated + size > this.cap / 4) this.trim()
    return this.#create(size, owned)
  }

  #create(size: number, owned: Block[]): Block {
    const id = Number(Atomics.add(this.#totals, nextId, 1n))
    if (id >= maxBlocks) throw new RangeError(`the memory pool ran out of block numbers (${maxBlocks})`)
    const block: Block = { id, buffer: new SharedArrayBuffer(size) }
    Atomics.store(this.#holds, id, 1)
    owned.unshift(block)
    this.#known.set(id, block)
    this.#blockOf.set(block.buffer, block)
    const now = Atomics.add(this.#totals, bytesAllocated, BigInt(size)) + BigInt(size)
    let highest = Atomics.load(this.#totals, bytesHighest)
    while (now > highest) highest = Atomics.compareExchange(this.#totals, bytesHighest, highest, now)
    return block
  }

  /** Gives this thread's free blocks back to the machine. */
  trim(): void {
    let freed = 0
    for (const [size, owned] of this.#owned) {
      const kept = owned.filter((block) => Atomics.compareExchange(this.#holds, block.id, 0, -1) !== 0)
      const bytes = (owned.length - kept.length) * size
      Atomics.sub(this.#totals, bytesAllocated, BigInt(bytes))
      freed += bytes
      // In place: `allocate` may be about to add to this very list.
      owned.splice(0, owned.length, ...kept)
    }
    this.#forgetTrimmed()
    letGo(freed)
  }

  hold(block: Block): void {
    Atomics.add(this.#holds, block.id, 1)
  }

  release(block: Block): void {
    const before = Atomics.sub(this.#holds, block.id, 1)
    if (before < 1) throw new Error(`block ${block.id} was released more often than held (${before})`)
    if (before === 1 && this.poison) new Uint8Array(block.buffer).fill(0xdb)
  }

  /** How many holds a block has. */
  holds(block: Block): number {
    return Atomics.load(this.#holds, block.id)
  }

  /** The block that a buffer is, if it is one of the pool's. */
  blockOf(buffer: ArrayBufferLike): Block | undefined {
    return this.#blockOf.get(buffer)
  }

  /** Makes another thread's block known here; `buffer` comes along the first time that it crosses. */
  adopt(id: number, buffer: SharedArrayBuffer | undefined): Block {
    const known = this.#known.get(id)
    // A buffer that comes back is a new object over the same memory: the first one stays the one.
    if (known) return known
    if (!buffer) throw new Error(`block ${id} was never sent to this thread`)
    const block: Block = { id, buffer }
    this.#known.set(id, block)
    this.#blockOf.set(buffer, block)
    if (++this.#adopted % 256 === 0) this.#forgetTrimmed()
    return block
  }

  /** Lets go of blocks that their owners have given back to the machine. */
  #forgetTrimmed(): void {
    for (const id of this.#known.keys()) if (Atomics.load(this.#holds, id) === -1) this.#known.delete(id)
  }

  /** How many blocks of this thread are held by somebody: 0 after a run that leaked nothing. */
  get held(): number {
    let count = 0
    for (const owned of this.#owned.values()) for (const block of owned) if (this.holds(block) > 0) count++
    return count
  }

  #ofSize(size: number): Block[] {
    let owned = this.#owned.get(size)
    if (!owned) this.#owned.set(size, (owned = []))
    return owned
  }
}

/** Sizes go up in quarters of a power of two: at most 25 % of a block is unused. */
export function sizeClass(bytes: number): number {
  if (bytes <= smallest) return smallest
  const power = 2 ** (31 - Math.clz32(bytes - 1))
  if (bytes > 2 ** 31) return Math.ceil(bytes / 2 ** 29) * 2 ** 29
  return power + Math.ceil((bytes - power) / (power / 4)) * (power / 4)
}
