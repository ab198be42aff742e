import { letGo } from '@headrace/runtime/sdk'
import type { ByteStream } from '../byte-stream.ts'
import { leaveBuffer, takeBuffer } from '../spare.ts'
import type { Dialect, Encoding } from './dialect.ts'
import { utf8FromUtf16, utf16Bytes } from './utf16.ts'

/** A stretch of a file in memory that moves forward: what was read stays until `drop`. UTF-16 is UTF-8 in it. */
export class Window {
  /** One byte longer than it holds, for the newline that `Records.take` writes behind the end. */
  bytes: Buffer
  end = 0
  /** Nothing comes after `end`. */
  ended = false
  /** The place in the file of the window's first byte. */
  #origin: number
  readonly #stream: ByteStream
  readonly #chunkBytes: number
  /** A byte order mark may say another encoding than the dialect. */
  #sniff: boolean
  #utf16: ReturnType<typeof utf8FromUtf16> | null = null
  encoding: Encoding

  constructor(
    stream: ByteStream,
    options: { readonly dialect: Dialect; readonly origin?: number; readonly chunkBytes?: number },
  ) {
    const { dialect, origin = 0, chunkBytes = 1 << 20 } = options
    this.#stream = stream
    this.#origin = origin
    this.#chunkBytes = chunkBytes
    this.#sniff = dialect.anyEncoding && origin === 0
    this.encoding = dialect.encoding
    if (!this.#sniff) this.#decode(dialect.encoding)
    this.bytes = takeBuffer(2 * chunkBytes + 64)
  }

  #decode(encoding: Encoding): void {
    this.encoding = encoding
    this.#utf16 = encoding === 'utf-16le' || encoding === 'utf-16be' ? utf8FromUtf16(encoding) : null
  }

  /**
   * Reads on; what is there keeps its place. `pending`: how many bytes wait for more; as many are read at least, so that
   * a long record, which is looked at from its start each time, costs no more than twice its length.
   */
  async fill(pending = 0): Promise<void> {
    if (this.ended) return
    if (this.#sniff) return await this.#fillFirst()
    const most = Math.max(this.#chunkBytes, pending)
    if (this.#utf16) {
      const raw = Buffer.allocUnsafe(most)
      this.#append(raw.subarray(0, await this.#stream.read(raw, 0, most)))
      return
    }
    this.#room(most)
    const count = await this.#stream.read(this.bytes, this.end, most)
    this.end += count
    this.ended = count === 0
  }

  /** Looks for a byte order mark before it takes the first bytes as text. */
  async #fillFirst(): Promise<void> {
    this.#sniff = false
    const raw = Buffer.alloc(Math.max(this.#chunkBytes, 4))
    let count = 0
    for (let more = 1; count < 4 && more > 0; count += more) {
      more = await this.#stream.read(raw, count, raw.length - count)
    }
    this.#decode(encodingOfMark(raw) ?? this.encoding)
    this.#append(raw.subarray(0, count))
  }

  #append(raw: Buffer): void {
    const text = this.#utf16?.(raw, raw.length === 0) ?? raw
    this.#room(text.length)
    this.bytes.set(text, this.end)
    this.end += text.length
    this.ended = raw.length === 0
  }

  #room(count: number): void {
    if (this.end + count < this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.end + count + 1))
    larger.set(this.bytes.subarray(0, this.end))
    letGo(this.bytes.length)
    this.bytes = larger
  }

  /** Forgets the bytes before `at`; what follows moves to the front. */
  drop(at: number): void {
    if (at === 0) return
    this.#origin = this.byteAt(at)
    this.bytes.copyWithin(0, at, this.end)
    this.end -= at
    this.#shrink()
  }

  /** After a long record the window is as small as before. */
  #shrink(): void {
    const usual = 2 * this.#chunkBytes + 64
    if (this.bytes.length <= usual * 4 || this.end > usual) return
    const smaller = Buffer.allocUnsafe(usual)
    this.bytes.copy(smaller, 0, 0, this.end)
    letGo(this.bytes.length)
    this.bytes = smaller
  }

  /** The place in the file (of a compressed one: in its content) of a byte of the window. */
  byteAt(at: number): number {
    return this.#origin + (this.#utf16 ? utf16Bytes(this.bytes.subarray(0, at)) : at)
  }

  close(): Promise<void> {
    return this.#stream.close()
  }

  /** Closes it and leaves its memory to the thread's next: nobody looks at its bytes any more. */
  async leave(): Promise<void> {
    await this.close()
    leaveBuffer(this.bytes)
  }
}

/** The encoding that a byte order mark at the start of a file says; null without one. */
function encodingOfMark(start: Uint8Array): Encoding | null {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8'
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : null
}
