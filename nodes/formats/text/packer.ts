/** How good it is to end a piece here. */
export const border = { inWord: 0, word: 1, sentence: 2, line: 3, paragraph: 4 } as const

/** A part of a text that is never cut: a word, a sentence. */
export interface Unit {
  /** In code units of the string. */
  readonly start: number
  readonly end: number
  /** In code points. */
  readonly firstPoint: number
  readonly endPoint: number
  /** Where it begins and ends in what is counted: characters, sentences or tokens. */
  readonly from: number
  readonly to: number
}

export interface Packing {
  readonly size: number
  readonly overlap: number
  /** Gets the first and the last unit of a piece. */
  readonly emit: (first: Unit, last: Unit) => void
  /** The piece's exact measure, where the sum over its units is an estimate; it is shortened until it fits. */
  readonly measure?: (first: Unit, last: Unit) => number
}

/**
 * Packs units into pieces of at most `size`, ending each at the best border in its second half and beginning the next
 * at most `overlap` before that end. Units come one by one, so memory is that of a piece; time is linear in the text
 * (times size / (size - overlap)).
 */
export function packer({ size, overlap, emit, measure }: Packing) {
  let units: Unit[] = []
  /** `ranks[i]`: the border after `units[i]`. */
  let ranks: number[] = []
  let head = 0
  /** The last unit that some piece has, as an index; pieces must go beyond it. */
  let done = -1

  const spanOf = (first: number, last: number) => (units[last] as Unit).to - (units[first] as Unit).from

  /** The unit after which to cut: the best border in the second half, the later of equals, else as late as possible. */
  function choose(last: number): number {
    const least = Math.max(size / 2, overlap + 1)
    let best = last
    for (let i = last - 1; i > done && i >= head && spanOf(head, i) >= least; i--) {
      if ((ranks[i] as number) > (ranks[best] as number)) best = i
    }
    return best
  }

  function cut(until: number): void {
    let last = until
    if (measure) {
      for (;;) {
        const exact = measure(units[head] as Unit, units[last] as Unit)
        if (exact <= size) break
        const excess = Math.max(1, Math.floor(((exact - size) * (last - head + 1)) / exact))
        // First the overlap goes, once there is nothing else left to shorten.
        if (last - excess > done) last -= excess
        else if (last > done + 1) last = done + 1
        else if (head < last) head++
        else break
      }
    }
    emit(units[head] as Unit, units[last] as Unit)
    done = last
    let next = last + 1
    while (next - 1 > head && spanOf(next - 1, last) <= overlap) next--
    head = next
    if (head > 4096 && head * 2 > units.length) {
      units = units.slice(head)
      ranks = ranks.slice(head)
      done -= head
      head = 0
    }
  }

  return {
    /** Adds a unit; `rank` is the border between it and the one before. */
    add(unit: Unit, rank: number): void {
      if (units.length) ranks[units.length - 1] = rank
      units.push(unit)
      ranks.push(border.paragraph)
      for (;;) {
        const last = units.length - 1
        if (spanOf(head, last) <= size) return
        // The overlap must leave room for at least one new unit.
        if (done >= head && spanOf(head, done + 1) > size) {
          head++
          continue
        }
        if (head >= last) return
        cut(choose(last - 1))
      }
    },
    /** The text is over. */
    end(): void {
      while (done < units.length - 1) cut(units.length - 1)
    },
  }
}
