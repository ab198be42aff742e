import { letGo } from '@headrace/runtime/sdk'

/** Readers of several bytes at once may look so far behind what was written. */
const slack = 8
/** So much is kept from one split to the next, and no room larger than this is kept from one row group to the next. */
const mostKept = 40 << 20

/**
 * What the rooms of a closed encoder leave to those of the thread's next: fresh memory is slow to touch. Its content is
 * never read.
 */
let spare: Uint8Array<ArrayBuffer>[] = []

/** Bytes that grow at their end; not in shared memory, as that is slower to read. */
export class Room {
  bytes: Uint8Array<ArrayBuffer> = nothing
  view: DataView = new DataView(nothing.buffer)
  length = 0

  /** Makes room for `more` bytes and gives the place where they begin; the caller writes them. */
  take(more: number): number {
    const start = this.length
    this.length += more
    if (this.length + slack > this.bytes.length) this.#grow()
    return start
  }

  push(byte: number): void {
    const at = this.take(1)
    this.bytes[at] = byte
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, (this.length + slack + 63) & ~63))
    larger.set(this.bytes)
    letGo(this.bytes.length)
    this.use(larger)
  }

  use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }

  /** Copies bytes `from` to `to` of any typed array; memmove, as `set` copies unaligned shared memory byte by byte. */
  copy(source: ArrayBufferView, from: number, to: number): void {
    this.put(this.take(to - from), source, from, to)
  }

  /** The same to a place that was taken. */
  put(place: number, source: ArrayBufferView, from: number, to: number): void {
    Buffer.from(source.buffer, source.byteOffset, source.byteLength).copy(this.bytes, place, from, to)
  }

  /** Empties it; one large row must not stay in memory. */
  clear(): void {
    this.length = 0
    if (this.bytes.length <= mostKept) return
    letGo(this.bytes.length)
    this.use(nothing)
  }
}

const nothing = new Uint8Array(0)

/** What a room holds as numbers of 32 bits. */
export const int32s = ({ bytes }: Room): Int32Array<ArrayBuffer> => new Int32Array(bytes.buffer, 0, bytes.length >> 2)

/** Copies a short text four bytes at a time: up to three more are copied, which the next one overwrites. */
export function copyWords(to: DataView, place: number, from: DataView, start: number, length: number): void {
  for (let k = 0; k < length; k += 4) to.setInt32(place + k, from.getInt32(start + k, true), true)
}

/** Hands out what the last encoder left, one after the other. */
export function takeSpare(rooms: readonly Room[]): void {
  for (const room of rooms) {
    const bytes = spare.pop()
    if (bytes) room.use(bytes)
  }
  spare = []
}

/** Keeps the rooms' memory for the next encoder, in their order; nobody looks at them any more. */
export function leaveSpare(rooms: readonly Room[]): void {
  let kept = 0
  const left: Uint8Array<ArrayBuffer>[] = []
  for (const room of rooms) {
    const { bytes } = room
    room.use(nothing)
    room.length = 0
    if (kept + bytes.length > mostKept) letGo(bytes.length)
    else {
      kept += bytes.length
      left.push(bytes)
    }
  }
  spare = left.reverse()
}
