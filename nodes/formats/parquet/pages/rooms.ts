import { notOurs } from './notours.ts'
import { slack } from './window.ts'

/** Pages of all columns that are unpacked at once; more is left to DuckDB. */
const mostBytes = 192 << 20

/** Memory for unpacked pages, used again: fresh memory is slow to touch, and the garbage collector sees it late. */
export class Rooms {
  readonly #spare: ArrayBuffer[] = []
  #bytes = 0

  /** Room for so many bytes and `slack`; what is in it is undefined. */
  take(bytes: number): ArrayBuffer {
    const needed = (bytes + slack + 7) & ~7
    const at = this.#spare.findIndex(({ byteLength }) => byteLength >= needed && byteLength <= needed * 4 + 4096)
    const found = at < 0 ? new ArrayBuffer(needed) : (this.#spare.splice(at, 1)[0] as ArrayBuffer)
    this.#bytes += found.byteLength
    if (this.#bytes > mostBytes) notOurs('pages that take too much memory')
    return found
  }

  /** Gives rooms back. */
  leave(rooms: readonly ArrayBuffer[]): void {
    for (const room of rooms) {
      this.#bytes -= room.byteLength
      this.#spare.push(room)
      if (this.#spare.length > 64) this.#spare.shift()
    }
  }
}
