import { type Column, isValid, type Scope, setBit, types } from '@headrace/runtime/sdk'
import { TextBuffer } from '@headrace/runtime/text'

/**
 * Collects the rows of a string column one after the other and copies them into shared memory at the end. Its own
 * memory stays for the next batch, so that a node makes one writer and uses it for the whole split.
 */
export class TextWriter {
  /** Where a row's bytes go; `endRow` ends it. */
  readonly out = new TextBuffer()
  #offsets = new Int32Array(1 << 10)
  #valid = new Uint8Array(1 << 10)
  #rows = 0
  #nulls = 0

  get rows(): number {
    return this.#rows
  }

  /** Bytes of text so far. */
  get size(): number {
    return this.out.length
  }

  /** Ends a row: what was written since the last one is its text. */
  endRow(): void {
    this.#room(1)
    this.#valid[this.#rows] = 1
    this.#offsets[++this.#rows] = this.out.length
  }

  /** Adds a row. */
  write(text: string): void {
    const { out } = this
    out.reserve(text.length * 3)
    out.length += out.bytes.write(text, out.length, 'utf8')
    this.endRow()
  }

  /** Adds a row that is null. */
  writeNull(): void {
    this.endRow()
    this.#valid[this.#rows - 1] = 0
    this.#nulls++
  }

  /** Adds rows `start` to `end` of a string column as they are, their bytes in one piece. */
  copyRows(column: Column, start: number, end: number): void {
    this.#room(end - start)
    const offsets = column.offsets as Int32Array
    const from = offsets[start] as number
    const shift = this.out.length - from
    this.out.copy(column.values as Uint8Array, from, offsets[end] as number)
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
    const values = scope.allocate(Uint8Array, this.out.length)
    values.set(this.out.written)
    const nulls = this.#nulls
    const validity = nulls ? scope.bits(length) : null
    if (validity) for (let row = 0; row < length; row++) if (this.#valid[row]) setBit(validity, row)
    this.out.clear()
    this.#rows = this.#nulls = 0
    return { type: types.string, length, nulls, validity, offsets, values, children: [] }
  }

  #room(rows: number): void {
    if (this.#rows + rows < this.#offsets.length) return
    const length = Math.max(this.#offsets.length * 2, this.#rows + rows + 1)
    const [offsets, valid] = [this.#offsets, this.#valid]
    this.#offsets = new Int32Array(length)
    this.#valid = new Uint8Array(length)
    this.#offsets.set(offsets)
    this.#valid.set(valid)
  }
}
