/** Bytes that grow: parts are copied behind one another. */
export class Bytes {
  #bytes: Uint8Array<ArrayBuffer> = spare.pop() ?? new Uint8Array(1 << 12)
  length = 0

  /** Room for `count` bytes, which the caller fills: a view that the next call may leave behind. */
  room(count: number): Uint8Array {
    const end = this.length + count
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end))
      larger.set(this.#bytes.subarray(0, this.length))
      this.#bytes = larger
    }
    const room = this.#bytes.subarray(this.length, end)
    this.length = end
    return room
  }

  add(bytes: Uint8Array): void {
    this.room(bytes.length).set(bytes)
  }

  /** Everything so far; the next call of another method destroys it. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
  }

  /** Leaves its memory to the next one of the thread: nobody looks at it any more. */
  close(): void {
    if (spare.length < mostSpare && this.#bytes.length > 1 << 12) spare.push(this.#bytes)
    this.#bytes = new Uint8Array(0)
    this.length = 0
  }
}

/** Fresh memory is slow to touch: what one split's files took, the next one's take again. */
const spare: Uint8Array<ArrayBuffer>[] = []
const mostSpare = 64

export function addVarint(out: Bytes, value: number): void {
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) out.room(1)[0] = (rest & 127) | 128
  out.room(1)[0] = rest
}

/** All levels of a page alike: one run. With its length before it, as version 1 of a data page has it. */
export function addRun(out: Bytes, count: number, level: number): void {
  const run = new Bytes()
  addVarint(run, count * 2)
  run.room(1)[0] = level
  addLength(out, run.length)
  out.add(run.view())
}

/** Levels 0 and 1 as a bitmap, which is what an Arrow column keeps: one bit-packed run of `count` bits. */
export function addBits(out: Bytes, bits: Uint8Array, count: number): void {
  const bytes = (count + 7) >> 3
  const head = new Bytes()
  addVarint(head, bytes * 2 + 1)
  addLength(out, head.length + bytes)
  out.add(head.view())
  out.add(bits.subarray(0, bytes))
}

/** Levels up to `most`, bit-packed (lowest bit first) in groups of eight. */
export function addLevels(out: Bytes, levels: Uint8Array, most: number): void {
  const width = 32 - Math.clz32(most)
  const groups = (levels.length + 7) >> 3
  const head = new Bytes()
  addVarint(head, groups * 2 + 1)
  addLength(out, head.length + groups * width)
  out.add(head.view())
  const packed = out.room(groups * width).fill(0)
  for (let i = 0, bit = 0; i < levels.length; i++, bit += width) {
    const level = levels[i] as number
    const at = bit >> 3
    const shifted = level << (bit & 7)
    packed[at] = (packed[at] as number) | shifted
    if (shifted > 255) packed[at + 1] = (packed[at + 1] as number) | (shifted >> 8)
  }
}

function addLength(out: Bytes, length: number): void {
  const room = out.room(4)
  new DataView(room.buffer, room.byteOffset).setUint32(0, length, true)
}
