import { kernelOfThread } from './kernel/kernel.ts'
import { places } from './kernel/places.ts'
import type { Room } from './room.ts'

/** Bits that hold numbers up to `most`. */
export const bitsFor = (most: number): number => 32 - Math.clz32(most)

/** So many numbers are handed to the kernel at once. */
const most = 1 << 15

/**
 * Writes numbers of `width` bits as runs and bit-packed groups of 8
 * (parquet-format/Encodings.md, "RLE/Bit-Packing Hybrid").
 */
export function writeHybrid(out: Room, numbers: Uint32Array, from: number, to: number, width: number): void {
  const { memory, kernel } = kernelOfThread()
  for (let at = from; at < to; ) {
    const count = Math.min(most, to - at)
    place(memory, numbers, at, at + count)
    const length = kernel.hybrid(count, width, at + count === to)
    out.copy(new Uint8Array(memory.buffer), places.found, places.found + length)
    at += new Int32Array(memory.buffer, places.size, 1)[0] as number
  }
}

/** Hands numbers to the kernel, and behind them zeros that fill up a group. */
function place({ buffer }: { readonly buffer: ArrayBuffer }, numbers: Uint32Array, from: number, to: number): void {
  const window = new Uint32Array(buffer, places.window, to - from + 8)
  window.set(numbers.subarray(from, to))
  window.fill(0, to - from)
}

/** Gathers numbers of up to 4 bits that come as runs, as levels do, and writes them as `writeHybrid` would. */
export class Runs {
  #literals: number[] = []
  #value = 0
  #count = 0
  readonly #out: Room
  readonly #width: number

  constructor(out: Room, width: number) {
    this.#out = out
    this.#width = width
  }

  add(value: number, count: number): void {
    if (value === this.#value && this.#count > 0) {
      this.#count += count
      return
    }
    this.#settle()
    // A group of 8 that has begun is filled up.
    const literals = this.#literals
    let left = count
    for (; left > 0 && literals.length % 8 > 0; left--) literals.push(value)
    this.#value = value
    this.#count = left
  }

  end(): void {
    this.#settle()
    this.#flush()
  }

  #settle(): void {
    if (this.#count < 8) for (; this.#count > 0; this.#count--) this.#literals.push(this.#value)
    else {
      this.#flush()
      writeRun(this.#out, this.#value, this.#count, this.#width)
      this.#count = 0
    }
  }

  #flush(): void {
    const count = this.#literals.length
    const groups = (count + 7) >> 3
    if (groups === 0) return
    writeVarint(this.#out, groups * 2 + 1)
    // Mostly there is one group, between runs: not worth the way into the kernel.
    for (let at = 0; at < count; at += 8) {
      let bits = 0
      for (let i = 0; i < 8; i++) bits |= (this.#literals[at + i] ?? 0) << (i * this.#width)
      for (let bit = 0; bit < 8 * this.#width; bit += 8) this.#out.push(bits >>> bit)
    }
    this.#literals = []
  }
}

/** Writes the same number `count` times. */
export function writeRun(out: Room, value: number, count: number, width: number): void {
  writeVarint(out, count * 2)
  for (let bit = 0; bit < width; bit += 8) out.push(value >>> bit)
}

/** Writes bits, lowest first, from a place that is a multiple of 8 on, as one bit-packed stretch of 1 bit each. */
export function writeBits(out: Room, bits: Uint8Array, from: number, count: number): void {
  const bytes = (count + 7) >> 3
  writeVarint(out, bytes * 2 + 1)
  out.copy(bits, from >> 3, (from >> 3) + bytes)
}

export function writeVarint(out: Room, value: number): void {
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 127) | 128)
  out.push(rest)
}
