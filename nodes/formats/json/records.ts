import { letGo } from '@headrace/runtime/sdk'
import { type ByteStream, openBytes } from '../byte-stream.ts'
import { compressionOf } from '../compression.ts'
import { leaveBuffer, takeBuffer } from '../spare.ts'
import { type Form, type Found, newFound, type Range } from './found.ts'
import { LineFeeds } from './lines.ts'

export const longestRaw = 64 << 10

const usualChunk = 1 << 20

/** Finds rows in a stretch of a file, a batch at a time. How much is read at once changes nothing. */
export class Records {
  bytes: Buffer
  readonly found: Found = newFound()
  /** The place in the file of the first byte of `bytes`. */
  origin: number
  /** Where the next row is looked for, and the line there. */
  at = 0
  line: number
  readonly #stream: ByteStream
  readonly #chunkBytes: number
  readonly #maxRowBytes: number
  readonly #form: Form
  readonly #last: boolean
  readonly #feeds = new LineFeeds()
  #end = 0
  #ended = false
  // How far the row that began at `at` has been looked through.
  #scanned = 0
  #linesSeen = 0
  #depth = 0
  #inText = false
  #listed = true
  /** Before a byte order mark, before the array's bracket, before its first item, in its items, behind it. */
  #state: 'start' | 'opening' | 'first' | 'item' | 'after'
  /** Bytes of the current row that are forgotten already, because it is too large. */
  #forgotten = 0

  private constructor(stream: ByteStream, range: Range, options: { chunkBytes: number; maxRowBytes: number }) {
    this.#stream = stream
    this.#chunkBytes = options.chunkBytes
    this.#maxRowBytes = options.maxRowBytes
    this.#form = range.form
    this.#last = range.last
    this.origin = range.start
    this.line = range.line
    this.#state = range.start === 0 ? 'start' : 'item'
    this.bytes = takeBuffer(options.chunkBytes * 2)
  }

  static async open(
    path: string,
    name: string,
    range: Range,
    options: { chunkBytes?: number; maxRowBytes?: number } = {},
  ): Promise<Records> {
    const stream = await openBytes(path, name, range.start, range.end)
    // Fresh memory is slow to touch: a small file does not take much.
    const most = compressionOf(path) ? usualChunk : Math.min(usualChunk, Math.max(1 << 10, range.end - range.start + 1))
    return new Records(stream, range, { chunkBytes: most, maxRowBytes: 64 << 20, ...options })
  }

  /** Ends the reading; nobody looks at `bytes` any more. */
  close(): Promise<void> {
    leaveBuffer(this.bytes)
    this.bytes = Buffer.alloc(0)
    return this.#stream.close()
  }

  /** The place in the file of the next row. */
  get place(): number {
    return this.origin + this.at
  }

  /** Finds up to `rows` rows and stops after `bytes` bytes; false where none is left. */
  take(rows: number, bytes: number): Promise<boolean> {
    this.#listed = true
    return this.#take(rows, bytes)
  }

  /** Passes rows by as `take` finds them: only `found.count` says how many there were. */
  pass(rows: number, bytes: number): Promise<boolean> {
    this.#listed = false
    return this.#take(rows, bytes)
  }

  async #take(rows: number, bytes: number): Promise<boolean> {
    const { found } = this
    this.#drop()
    found.count = 0
    found.wrong.clear()
    const until = this.place + bytes
    while (found.count < rows && this.place < until) {
      if (this.#find(rows, until)) continue
      if (this.#ended) {
        this.#finish()
        break
      }
      this.#forget()
      await this.#fill()
    }
    return found.count > 0
  }

  #drop(): void {
    if (this.at === 0) return
    this.bytes.copyWithin(0, this.at, this.#end)
    this.origin += this.at
    this.#end -= this.at
    this.#scanned -= this.at
    this.#feeds.shift(this.at)
    this.at = 0
    this.#shrink()
  }

  /** After a long row the stretch is as small as before. */
  #shrink(): void {
    const usual = this.#chunkBytes * 2
    if (this.bytes.length <= usual * 4 || this.#end > usual) return
    const smaller = Buffer.allocUnsafe(usual)
    this.bytes.copy(smaller, 0, 0, this.#end)
    letGo(this.bytes.length)
    this.bytes = smaller
  }

  async #fill(): Promise<void> {
    if (this.bytes.length - this.#end < this.#chunkBytes) {
      const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.#end + this.#chunkBytes))
      this.bytes.copy(larger, 0, 0, this.#end)
      letGo(this.bytes.length)
      this.bytes = larger
    }
    const count = await this.#stream.read(this.bytes, this.#end, this.#chunkBytes)
    if (this.#form === 'lines') this.#feeds.find(this.bytes, this.#end, this.#end + count)
    this.#end += count
    this.#ended = count === 0
  }

  /** Of a row that is too large only the beginning is kept. */
  #forget(): void {
    const size = this.#scanned - this.at + this.#forgotten
    const spare = this.#scanned - this.at - longestRaw
    if (size <= this.#maxRowBytes || spare <= 0) return
    this.bytes.copyWithin(this.at + longestRaw, this.#scanned, this.#end)
    this.#end -= spare
    this.#scanned -= spare
    this.#forgotten += spare
  }

  /** Adds the row from `at` to `end` and goes on at `next`. */
  #add(end: number, next: number, blankIsRow: boolean, wrong?: string): void {
    const { bytes, found } = this
    let start = this.at
    let line = this.line
    while (start < end && isBlank(bytes[start] as number)) if (bytes[start++] === 10) line++
    if (!this.#listed) {
      if (start < end || blankIsRow) found.count++
    } else if (start < end || blankIsRow) {
      const size = end - start + this.#forgotten
      const { count } = found
      found.starts[count] = start
      found.ends[count] = end
      found.lines[count] = line
      found.places[count] = this.origin + start
      if (wrong) found.wrong.set(count, { code: 'bad-json', message: wrong })
      if (size > this.#maxRowBytes) {
        const [from, to] = [found.places[count] as number, (found.places[count] as number) + size]
        const message = `the row (bytes ${from} to ${to}) has ${size} bytes; the most is ${this.#maxRowBytes}.`
        found.wrong.set(count, { code: 'row-too-large', message })
      }
      found.count++
    }
    this.line += this.#linesSeen
    this.#linesSeen = 0
    this.at = this.#scanned = next
    this.origin += this.#forgotten
    this.#forgotten = 0
  }

  /** False where more must be read first. */
  #find(rows: number, until: number): boolean {
    if (this.#state === 'start' && !this.#skipMark()) return false
    return this.#form === 'lines' ? this.#findLines(rows, until) : this.#findItem()
  }

  /** Passes a byte order mark by. */
  #skipMark(): boolean {
    if (this.#end < 3 && !this.#ended) return false
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf && this.#end >= 3)
      this.at = this.#scanned = 3
    this.#state = 'opening'
    return true
  }

  /** Finds lines until there are `rows` rows, or the next one would begin at `until`. */
  #findLines(rows: number, until: number): boolean {
    const { bytes, found } = this
    const { starts, ends, lines, places } = found
    while (found.count < rows && this.place < until) {
      const newline = this.#feeds.take()
      if (newline < 0) {
        this.#scanned = this.#end
        return false
      }
      const start = this.at
      if (isBlank(bytes[start] as number) || this.#forgotten > 0 || newline - start > this.#maxRowBytes) {
        this.#linesSeen = 1
        this.#add(newline, newline + 1, false)
        continue
      }
      if (this.#listed) {
        const { count } = found
        starts[count] = start
        ends[count] = newline
        lines[count] = this.line
        places[count] = this.origin + start
      }
      found.count++
      this.line++
      this.at = this.#scanned = newline + 1
    }
    return true
  }

  /** Finds the comma or bracket that ends an item; brackets inside each other and texts hide theirs. */
  #findItem(): boolean {
    if (this.#state === 'opening' && !this.#findOpening()) return false
    const { bytes } = this
    const end = this.#end
    let at = this.#scanned
    let depth = this.#depth
    let inText = this.#inText
    const after = this.#state === 'after'
    while (at < end) {
      const byte = bytes[at] as number
      if (byte === 10) {
        this.#linesSeen++
        // No text goes over a line's end: one that was not closed hides no more than its line.
        inText = false
      } else if (after) {
        // Whatever follows the array is one thing that should not be there.
      } else if (inText) {
        if (byte === 34) inText = false
        else if (byte === 92) {
          if (at + 1 >= end && !this.#ended) break
          if (bytes[at + 1] !== 10) at++
        }
      } else if (byte === 34) inText = true
      else if (byte === 123 || byte === 91) depth++
      else if (depth > 0) {
        if (byte === 125 || byte === 93) depth--
      } else if (byte === 44 || byte === 93) {
        this.#depth = 0
        this.#inText = false
        // "[]" has no item, "[1,]" has an empty one.
        const closes = byte === 93
        const blankIsRow = !closes || this.#state === 'item'
        this.#state = closes ? 'after' : 'item'
        this.#add(at, at + 1, blankIsRow)
        return true
      }
      at++
    }
    this.#scanned = Math.min(at, end)
    this.#depth = depth
    this.#inText = inText
    return false
  }

  #findOpening(): boolean {
    const { bytes } = this
    let at = this.#scanned
    while (at < this.#end && isBlank(bytes[at] as number)) if (bytes[at++] === 10) this.line++
    const found = at < this.#end && bytes[at] === 91
    this.at = this.#scanned = found ? at + 1 : at
    if (at >= this.#end) return false
    // Where no bracket stands everything is one thing that should not be there.
    this.#state = found ? 'first' : 'after'
    return true
  }

  /** What is left at the end of the range. */
  #finish(): void {
    const end = this.#end
    const open = this.#state === 'first' || this.#state === 'item'
    if (this.#form === 'lines') this.#add(end, end, false)
    else if (this.#state === 'after') this.#add(end, end, false, 'there is text after the end of the array.')
    else if (this.#last && open) this.#add(end, end, true, 'the array is not closed; the file may be cut off.')
    else this.at = this.#scanned = end
    this.#state = 'after'
  }
}

const isBlank = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9
