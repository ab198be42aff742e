import { readSync } from 'node:fs'
import { notOurs } from './notours.ts'
import { type Rooms, slack } from './rooms.ts'

/** Reads a column chunk from its beginning, some of it at a time. */
export class Window {
  readonly #file: number
  readonly #end: number
  readonly #step: number
  readonly #rooms: Rooms
  #buffer: Uint8Array<ArrayBuffer>
  /** Where in the file the buffer's bytes lie, and the first that was not taken yet. */
  #from: number
  #to: number
  #at: number

  /** `start` and `end` are bytes of the open `file`; `step`: how many are read at once, where they are not more. */
  constructor(file: number, start: number, end: number, step: number, rooms: Rooms) {
    this.#file = file
    this.#end = end
    this.#step = step
    this.#rooms = rooms
    this.#buffer = new Uint8Array(rooms.take(Math.min(step, end - start)))
    this.#from = this.#to = this.#at = start
  }

  /** Up to `length` bytes that come next; good until the next call. */
  peek(length: number): Uint8Array {
    const wanted = Math.min(length, this.#end - this.#at)
    if (this.#at + wanted > this.#to) this.#fill(wanted)
    const start = this.#at - this.#from
    return this.#buffer.subarray(start, start + wanted)
  }

  /** The next `length` bytes; good until the next call. */
  take(length: number): Uint8Array {
    const bytes = this.peek(length)
    if (bytes.length < length) notOurs('a page goes over the end of its column')
    this.#at += length
    return bytes
  }

  /** Passes bytes by. */
  skip(length: number): void {
    if (length > this.#end - this.#at) notOurs('a page goes over the end of its column')
    this.#at += length
  }

  /** Gives its memory back. */
  close(): void {
    this.#rooms.leave([this.#buffer.buffer])
  }

  #fill(wanted: number): void {
    const left = this.#to > this.#at ? this.#buffer.subarray(this.#at - this.#from, this.#to - this.#from) : null
    const size = Math.min(Math.max(this.#step, wanted), this.#end - this.#at)
    if (size + slack > this.#buffer.length) {
      this.close()
      this.#buffer = new Uint8Array(this.#rooms.take(size))
    }
    if (left) this.#buffer.set(left)
    this.#from = this.#at
    this.#to = this.#at + (left?.length ?? 0)
    while (this.#to < this.#at + size) {
      const place = this.#to - this.#from
      const count = readSync(this.#file, this.#buffer, place, size - place, this.#to)
      if (count === 0) notOurs('the file is shorter than it says')
      this.#to += count
    }
  }
}
