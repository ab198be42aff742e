import { notOurs } from './notours.ts'

/** Bytes behind each page's that may be read and written: words are moved whole. */
export const slack = 8

/** Pages of all columns that are unpacked at once, and what was read for them; more is left to DuckDB. */
const mostBytes = 192 << 20
/** What this worker keeps for later: fresh memory is slow to touch, and the garbage collector sees it late. */
const mostSpare = 32 << 20
const spare: ArrayBuffer[] = []
let spareBytes = 0

/** The memory of the pages of one range of rows. */
export class Rooms {
  #bytes = 0

  /** Room for so many bytes and `slack`; what is in it is undefined. */
  take(bytes: number): ArrayBuffer {
    if (this.#bytes + bytes > mostBytes) notOurs('pages that take too much memory')
    const needed = (bytes + slack + 7) & ~7
    const at = spare.findLastIndex(({ byteLength }) => byteLength >= needed && byteLength <= needed * 2 + 4096)
    const found = at < 0 ? new ArrayBuffer(needed) : (spare.splice(at, 1)[0] as ArrayBuffer)
    if (at >= 0) spareBytes -= found.byteLength
    this.#bytes += found.byteLength
    return found
  }

  /** Gives rooms back. */
  leave(rooms: readonly ArrayBuffer[]): void {
    for (const room of rooms) {
      this.#bytes -= room.byteLength
      spare.push(room)
      spareBytes += room.byteLength
      while (spareBytes > mostSpare) spareBytes -= (spare.shift() as ArrayBuffer).byteLength
    }
  }
}
