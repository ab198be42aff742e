import { type Column, isValid, type Scope, setBit, types } from '@headrace/runtime/sdk'

/**
 * Collects the rows of a string column one after the other and copies them into shared memory at the end. Its own
 * memory stays for the next batch, so that a node makes one writer and uses it for the whole split.
 */
export class TextWriter {
  #bytes = Buffer.allocUnsafeSlow(1 << 16)
  #offsets = new Int32Array(1 << 10)
  #valid = new Uint8Array(1 << 10)
  #rows = 0
  #nulls = 0

  get rows(): number {
    return this.#rows
  }

  /** Bytes of text so far. */
  get size(): number {
    return this.#offsets[this.#rows] as number
  }

  /** Adds a row. */
  write(text: string): void {
    const start = this.#room(1, text.length * 3)
    this.#endRow(start + this.#bytes.write(text, start, 'utf8'))
  }

  /** Adds a row that is null. */
  writeNull(): void {
    const start = this.#room(1, 0)
    this.#valid[this.#rows] = 0
    this.#nulls++
    this.#offsets[++this.#rows] = start
  }

  /** Adds a row of bytes that are UTF-8 already. */
  writeBytes(bytes: Uint8Array, start: number, end: number): void {
    const to = this.#room(1, end - start)
    this.#bytes.set(bytes.subarray(start, end), to)
    this.#endRow(to + end - start)
  }

  /** Adds rows `start` to `end` of a string column as they are, their bytes in one piece. */
  copyRows(column: Column, start: number, end: number): void {
    const offsets = column.offsets as Int32Array
    const from = offsets[start] as number
    const size = (offsets[end] as number) - from
    const shift = this.#room(end - start, size) - from
    this.#bytes.set((column.values as Uint8Array).subarray(from, from + size), from + shift)
    for (let row = start; row < end; row++) {
      const valid = isValid(column, row)
      this.#valid[this.#rows] = valid ? 1 : 0
      if (!valid) this.#nulls++
      this.#offsets[++this.#rows] = (offsets[row + 1] as number) + shift
    }
  }

  /** The rows as a string column in the scope's memory; the writer is empty again. */
  finish(scope: Scope): Column {
    const length = this.#rows
    const offsets = scope.allocate(Int32Array, length + 1)
    offsets.set(this.#offsets.subarray(0, length + 1))
    const values = scope.allocate(Uint8Array, this.size)
    values.set(this.#bytes.subarray(0, this.size))
    let validity: Uint8Array | null = null
    if (this.#nulls) {
      validity = scope.bits(length)
      for (let row = 0; row < length; row++) if (this.#valid[row]) setBit(validity, row)
    }
    const nulls = this.#nulls
    this.#rows = this.#nulls = this.#offsets[0] = 0
    return { type: types.string, length, nulls, validity, offsets, values, children: [] }
  }

  #endRow(end: number): void {
    this.#valid[this.#rows] = 1
    this.#offsets[++this.#rows] = end
  }

  /** Makes room for so many rows and bytes more; gives the place where the bytes go. */
  #room(rows: number, bytes: number): number {
    if (this.#rows + rows >= this.#offsets.length) {
      const length = Math.max(this.#offsets.length * 2, this.#rows + rows + 1)
      this.#offsets = grown(this.#offsets, new Int32Array(length))
      this.#valid = grown(this.#valid, new Uint8Array(length))
    }
    const start = this.size
    if (start + bytes > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, start + bytes)))
    }
    return start
  }
}

function grown<T extends Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}
