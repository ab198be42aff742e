import { assembly } from '../wasm/assembler.ts'
import { compiled, type Instance } from '../wasm/instance.ts'
import { i32, repeat, v128 } from '../wasm/instructions.ts'

interface Kernel {
  /** Writes where line feeds are between two addresses, 16 bytes at a time; gives how many. */
  readonly find: (at: number, end: number, to: number) => number
}

/** Bytes that are looked through at once, and where their line feeds are listed. */
const piece = 1 << 16
const slack = 64
const list = piece + slack

function assemble(): Uint8Array {
  const m = assembly()
  m.func(['i32', 'i32', 'i32'], 'i32', 'find').define((local, at, end, to) => {
    const [found, first] = [local('i32'), local('i32')]
    return [
      first.set(to.get),
      repeat(i32.ltU(at.get, end.get), [
        found.set(v128.mask(v128.eq(v128.load(at.get), v128.splat(10)))),
        repeat(found.get, [
          i32.store(to.get, i32.add(at.get, i32.ctz(found.get))),
          to.set(i32.add(to.get, i32.of(4))),
          found.set(i32.and(found.get, i32.sub(found.get, i32.of(1)))),
        ]),
        at.set(i32.add(at.get, i32.of(16))),
      ]),
      i32.shrU(i32.sub(to.get, first.get), i32.of(2)),
    ]
  })
  return m.module()
}

const fresh = compiled<Kernel>(assemble, Math.ceil((list + piece * 4 + slack) / 65536))
/** One a thread: nothing waits in between. */
let only: Instance<Kernel> | undefined

/** Where line feeds are in a stretch of bytes. */
export class LineFeeds {
  #places = new Int32Array(256)
  #next = 0
  #count = 0
  /** Bytes that went from the front of the stretch since the first of the list was found. */
  #gone = 0

  /** Finds those from `start` to `end` too. */
  find(bytes: Uint8Array, start: number, end: number): void {
    only ??= fresh()
    const { memory, kernel } = only
    const target = new Uint8Array(memory.buffer)
    this.#forgetTaken()
    for (let at = start; at < end; at += piece) {
      const size = Math.min(piece, end - at)
      target.set(bytes.subarray(at, at + size))
      // What lies behind from before is none.
      target.fill(0, size, size + 16)
      const count = kernel.find(0, size, list)
      this.#room(count)
      const found = new Int32Array(memory.buffer, list, count)
      for (let i = 0; i < count; i++) this.#places[this.#count++] = at + this.#gone + (found[i] as number)
    }
  }

  /** The next one, -1 where no more were found. */
  take(): number {
    return this.#next < this.#count ? (this.#places[this.#next++] as number) - this.#gone : -1
  }

  /** The first `count` bytes of the stretch are gone. */
  shift(count: number): void {
    this.#gone += count
  }

  #forgetTaken(): void {
    if (this.#next === this.#count) this.#gone = 0
    this.#places.copyWithin(0, this.#next, this.#count)
    this.#count -= this.#next
    this.#next = 0
  }

  #room(count: number): void {
    if (this.#count + count <= this.#places.length) return
    const larger = new Int32Array(Math.max(this.#count + count, this.#places.length * 2))
    larger.set(this.#places.subarray(0, this.#count))
    this.#places = larger
  }
}
