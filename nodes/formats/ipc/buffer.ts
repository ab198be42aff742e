import { letGo } from '@headrace/runtime/sdk'

/** Larger buffers are not kept. */
const mostKept = 40 << 20

/**
 * What a closed buffer leaves to the next of its thread: a split's writer begins where the one before it ended, as fresh
 * memory is slow to touch (a run from CSV to Parquet took 9 % more processor time without). Its content is never read.
 */
let spare: Uint8Array<ArrayBuffer> | null = null

/** Bytes of messages, one after the other, each part padded to 8. */
export class GrowingBuffer {
  #bytes: Uint8Array<ArrayBuffer>
  length = 0

  /** `room`: of many buffers with little in each. */
  constructor(room?: number) {
    this.#bytes = (room === undefined && spare) || new Uint8Array(room ?? 1 << 16)
    if (room === undefined) spare = null
  }

  write(piece: Uint8Array): void {
    const end = this.length + piece.length + 8
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end))
      larger.set(this.#bytes.subarray(0, this.length))
      letGo(this.#bytes.length)
      this.#bytes = larger
    }
    this.#bytes.set(piece, this.length)
    this.length += piece.length
  }

  /** Zeros up to the next multiple of 8. */
  pad(): void {
    const end = (this.length + 7) & ~7
    this.#bytes.fill(0, this.length, end)
    this.length = end
  }

  /** What was written, as a view that the next `write` destroys. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length)
    this.length = 0
    if (this.#bytes.length > mostKept) {
      // The next message begins anew: one large row must not stay in memory.
      letGo(this.#bytes.length)
      this.#bytes = new Uint8Array(1 << 16)
    }
    return taken
  }

  /** Ends the buffer: nobody looks at what `take` gave any more. */
  close(): void {
    const { length } = this.#bytes
    if (length > (spare?.length ?? 0) && length <= mostKept) spare = this.#bytes
    else letGo(length)
    this.#bytes = new Uint8Array(0)
    this.length = 0
  }
}
