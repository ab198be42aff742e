/** How good it is to end a piece here. */
export const border = { inWord: 0, word: 1, sentence: 2, line: 3, paragraph: 4 } as const

/** Gets a piece: its place in the bytes of the text's column, and in code points of the text. */
export type OnPiece = (start: number, end: number, firstPoint: number, endPoint: number) => void

export interface Packing {
  readonly size: number
  readonly overlap: number
  /** The exact measure of bytes, where the sum over units is an estimate; a piece is shortened until it fits. */
  readonly measure?: (start: number, end: number, estimate: number, units: number) => number
}

/** A unit: a part of a text that is never cut, a word or a sentence. Its place in bytes, … */
const start = 0
const end = 1
/** … in code points, … */
const firstPoint = 2
const endPoint = 3
/** … in what is counted: characters, sentences or tokens; and the border after it. */
const from = 4
const to = 5
const rank = 6
const stride = 8

/**
 * Packs units into pieces of at most `size`, ending each at the best border in its second half and beginning the next
 * at most `overlap` before that end. Units come one by one, so memory is that of a piece; time is linear in the text
 * (times size / (size - overlap)). One packer serves text after text.
 */
export class Packer {
  readonly #packing: Packing
  readonly #least: number
  #onPiece: OnPiece = () => {}
  /** Units one after the other, `stride` numbers each. */
  #units = new Int32Array(stride << 8)
  #count = 0
  #head = 0
  /** The last unit that some piece has, as an index; pieces must go beyond it. */
  #done = -1
  #covered = -1

  constructor(packing: Packing) {
    this.#packing = packing
    this.#least = Math.max(packing.size / 2, packing.overlap + 1)
  }

  /** Begins a text, or what is left of it where units that end at `covered` or before are in pieces already. */
  begin(onPiece: OnPiece, covered = -1): void {
    this.#onPiece = onPiece
    this.#covered = covered
    this.#count = this.#head = 0
    this.#done = -1
  }

  /** Adds a unit; `before` is the border between it and the one before. */
  add(
    first: number,
    past: number,
    fromPoint: number,
    pastPoint: number,
    counted: number,
    until: number,
    before: number,
  ): void {
    const last = this.#count++
    if (this.#count * stride > this.#units.length) this.#grow()
    const [units, size] = [this.#units, this.#packing.size]
    const at = last * stride
    if (past <= this.#covered) this.#done = last
    if (last > 0) units[at - stride + rank] = before
    units[at + start] = first
    units[at + end] = past
    units[at + firstPoint] = fromPoint
    units[at + endPoint] = pastPoint
    units[at + from] = counted
    units[at + to] = until
    units[at + rank] = border.paragraph
    while (until - (units[this.#head * stride + from] as number) > size) {
      // The overlap must leave room for at least one new unit.
      if (this.#done >= this.#head && this.#span(this.#head, this.#done + 1) > size) this.#head++
      else if (this.#head >= this.#count - 1) return
      else this.#cut(this.#choose(this.#count - 2))
    }
  }

  /** The text is over. */
  end(): void {
    while (this.#done < this.#count - 1) this.#cut(this.#count - 1)
  }

  #span(first: number, last: number): number {
    return (this.#units[last * stride + to] as number) - (this.#units[first * stride + from] as number)
  }

  /** The unit after which to cut: the best border in the second half, the later of equals, else as late as possible. */
  #choose(last: number): number {
    const units = this.#units
    const [first, least] = [
      Math.max(this.#done + 1, this.#head),
      this.#least + (units[this.#head * stride + from] as number),
    ]
    let best = last
    let found = units[last * stride + rank] as number
    for (let i = last - 1; i >= first && (units[i * stride + to] as number) >= least; i--) {
      const here = units[i * stride + rank] as number
      if (here <= found) continue
      best = i
      found = here
      if (found === border.paragraph) break
    }
    return best
  }

  #cut(until: number): void {
    const { overlap } = this.#packing
    const last = this.#packing.measure ? this.#shorten(until) : until
    const [units, head] = [this.#units, this.#head]
    const [first, past] = [head * stride, last * stride]
    this.#onPiece(
      units[first + start] as number,
      units[past + end] as number,
      units[first + firstPoint] as number,
      units[past + endPoint] as number,
    )
    this.#done = last
    let next = last + 1
    while (next - 1 > head && this.#span(next - 1, last) <= overlap) next--
    this.#head = next
    // What lies before the next piece is over: the rest moves to the front before the memory would have to grow.
    if (next * 2 > this.#count && next > 64) this.#forget(next)
  }

  /** The last unit of a piece that fits by its exact measure. */
  #shorten(until: number): number {
    const { size, measure = () => 0 } = this.#packing
    let last = until
    for (;;) {
      const units = last - this.#head + 1
      const [first, past] = [this.#units[this.#head * stride + start], this.#units[last * stride + end]] as [
        number,
        number,
      ]
      const exact = measure(first, past, this.#span(this.#head, last), units)
      if (exact <= size) return last
      const excess = Math.max(1, Math.floor(((exact - size) * units) / exact))
      // First the overlap goes, once there is nothing else left to shorten.
      if (last - excess > this.#done) last -= excess
      else if (last > this.#done + 1) last = this.#done + 1
      else if (this.#head < last) this.#head++
      else return last
    }
  }

  #forget(units: number): void {
    this.#units.copyWithin(0, units * stride, this.#count * stride)
    this.#count -= units
    this.#done -= units
    this.#head = 0
  }

  #grow(): void {
    const larger = new Int32Array(this.#units.length * 2)
    larger.set(this.#units)
    this.#units = larger
  }
}
