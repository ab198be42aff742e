import { letGo } from '../memory/collect.ts'

/** What a buffer that was emptied keeps: one large text must not stay in memory. */
const mostKept = 8 << 20

/** A growing buffer of UTF-8 text. Whoever writes a byte has reserved it. */
export class TextBuffer {
  bytes: Buffer
  length = 0

  constructor(room = 1 << 16) {
    this.bytes = Buffer.allocUnsafe(room)
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const wanted = this.length + count
    if (wanted <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.length)
    letGo(this.bytes.length)
    this.bytes = larger
  }

  byte(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1)
    this.bytes[this.length++] = byte
  }

  /** Text without characters beyond 127. */
  ascii(text: string): void {
    this.reserve(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  copy(source: Uint8Array, start = 0, end = source.length): void {
    this.reserve(end - start)
    // A loop beats `set` on a fresh subarray for the short texts that cells are.
    if (end - start < 64) for (let i = start; i < end; i++) this.bytes[this.length++] = source[i] as number
    else {
      this.bytes.set(source.subarray(start, end), this.length)
      this.length += end - start
    }
  }

  /** What was written; valid until the next write. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    if (this.bytes.length <= mostKept) return
    letGo(this.bytes.length)
    this.bytes = Buffer.allocUnsafe(1 << 16)
  }
}

const scratch = new TextBuffer(256)

/** What a writer writes, as a string. */
export function textBy(write: (out: TextBuffer) => void): string {
  scratch.clear()
  write(scratch)
  return scratch.bytes.toString('utf8', 0, scratch.length)
}
