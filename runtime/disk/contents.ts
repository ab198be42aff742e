/** What a file holds in memory, and what of it would be left after a power cut. */
export class Contents {
  #bytes = Buffer.alloc(0)
  #length = 0
  /** What was synced last, where it was overwritten since; otherwise it is the first `#synced` bytes. */
  #kept: Buffer | null = null
  #synced = 0
  #changes: Change[] = []

  get length(): number {
    return this.#length
  }

  get view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** The same content, from here on by itself. */
  copy(): Contents {
    const other = new Contents()
    other.#bytes = Buffer.from(this.#bytes.subarray(0, this.#length))
    other.#length = this.#length
    other.#kept = this.#kept
    other.#synced = this.#synced
    other.#changes = [...this.#changes]
    return other
  }

  write(bytes: Uint8Array, position: number): void {
    this.#keep(position)
    const copy = Buffer.from(bytes)
    this.#changes.push({ position, bytes: copy })
    this.#put(copy, position)
  }

  truncate(length: number): void {
    this.#keep(length)
    this.#changes.push({ length })
    this.#cut(length)
  }

  sync(): void {
    this.#kept = null
    this.#synced = this.#length
    this.#changes = []
  }

  /** The power is cut: of what was not synced each write may be lost, kept or torn, whatever came later. */
  cut(random: () => number): void {
    const changes = this.#changes
    const before = this.#kept ?? Buffer.from(this.#bytes.subarray(0, this.#synced))
    this.#bytes = Buffer.from(before)
    this.#length = before.length
    for (const change of changes) {
      const fate = random()
      if (fate < 1 / 3) continue
      if ('length' in change) this.#cut(change.length)
      else if (fate < 2 / 3) this.#put(change.bytes, change.position)
      else this.#put(change.bytes.subarray(0, Math.floor(random() * change.bytes.length)), change.position)
    }
    this.sync()
  }

  #keep(position: number): void {
    if (this.#kept === null && position < this.#synced) this.#kept = Buffer.from(this.#bytes.subarray(0, this.#synced))
  }

  #put(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    this.#reach(position + bytes.length)
    this.#bytes.set(bytes, position)
  }

  #cut(length: number): void {
    if (length > this.#length) this.#reach(length)
    this.#length = length
  }

  /** Makes the file so long; what was never written is zero. */
  #reach(length: number): void {
    if (length <= this.#length) return
    if (length > this.#bytes.length) {
      const more = Buffer.alloc(Math.max(length, this.#bytes.length * 2, 256))
      more.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = more
    } else this.#bytes.fill(0, this.#length, length)
    this.#length = length
  }
}

type Change = { readonly position: number; readonly bytes: Buffer } | { readonly length: number }
