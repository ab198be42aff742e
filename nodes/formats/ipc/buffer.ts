/** Bytes of messages, one after the other, each part padded to 8. */
export class GrowingBuffer {
  #bytes = new Uint8Array(1 << 16)
  length = 0

  write(piece: Uint8Array): void {
    const end = this.length + piece.length + 8
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end))
      larger.set(this.#bytes.subarray(0, this.length))
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
    return taken
  }
}
