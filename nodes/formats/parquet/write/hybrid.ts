import type { Room } from './room.ts'

/** Bits that hold numbers up to `most`. */
export const bitsFor = (most: number): number => 32 - Math.clz32(most)

/**
 * Writes numbers of `width` bits as runs and bit-packed groups of 8
 * (parquet-format/Encodings.md, "RLE/Bit-Packing Hybrid").
 */
export function writeHybrid(out: Room, numbers: Uint32Array, from: number, to: number, width: number): void {
  for (let at = from; at < to; ) {
    const run = runAt(numbers, at, to)
    if (run >= 8) {
      writeRun(out, numbers[at] as number, run, width)
      at += run
      continue
    }
    let end = at + 8
    // Mostly the first and the last of eight differ.
    while (end < to && (numbers[end] !== numbers[end + 7] || runAt(numbers, end, Math.min(to, end + 8)) < 8)) end += 8
    const groups = (end - at) >> 3
    writeVarint(out, groups * 2 + 1)
    packBits(out, numbers, at, Math.min(end, to), groups, width)
    at = end
  }
}

/** Gathers numbers that come as runs, as levels do, and writes them as `writeHybrid` would. */
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
    const numbers = Uint32Array.from(this.#literals)
    const groups = (numbers.length + 7) >> 3
    if (groups === 0) return
    writeVarint(this.#out, groups * 2 + 1)
    packBits(this.#out, numbers, 0, numbers.length, groups, this.#width)
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

function runAt(numbers: Uint32Array, at: number, to: number): number {
  const first = numbers[at]
  let end = at + 1
  while (end < to && numbers[end] === first) end++
  return end - at
}

function packBits(out: Room, numbers: Uint32Array, from: number, to: number, groups: number, width: number): void {
  let at = out.take(groups * width)
  const { bytes, view, length } = out
  let bits = 0
  let held = 0
  for (let i = from; i < to; i++) {
    const number = numbers[i] as number
    bits |= number << held
    held += width
    if (held >= 32) {
      view.setInt32(at, bits, true)
      at += 4
      held -= 32
      bits = held ? number >>> (width - held) : 0
    }
  }
  // A room has some bytes behind its end.
  view.setInt32(at, bits, true)
  if (at + 4 < length) bytes.fill(0, at + 4, length)
}
