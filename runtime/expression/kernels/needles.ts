import type { Bits, VectorOf } from '../vector.ts'

/** Says of each row, in whole bytes of `out`, whether its text is or starts with what is looked for. */
export type TextFinder = (texts: VectorOf<'bytes'>, out: Bits, rows: number) => void

/** Looks for one text: as the whole or at the start of each row's. */
export function oneFinder(needle: Uint8Array, where: 'whole' | 'start'): TextFinder {
  const words = needle.length > 4 ? twoWords : oneWord
  // Of the length of a text less that of the needle: only 0 fits the whole, only less than 0 does not fit the start.
  const wrong = where === 'whole' ? -1 : 1 << 31
  return (texts, out, rows) => {
    const quick = rowsBeforeEnd(texts, rows)
    if (quick) words(texts, needle, wrong, out, quick)
    if (needle.length > 8) sift(out, quick, (row) => sameFrom(texts.bytes, texts.offsets[row] as number, needle))
    for (let row = quick; row < rows; row++) {
      const start = texts.offsets[row] as number
      const more = (texts.offsets[row + 1] as number) - start - needle.length
      setNext(out, row, (more & wrong) === 0 && sameFrom(texts.bytes, start, needle))
    }
  }
}

/** Looks for any of some texts; null where there are too many of them, or they look too much alike. */
export function anyFinder(needles: readonly Uint8Array[]): TextFinder | null {
  if (needles.length === 1) return oneFinder(needles[0] as Uint8Array, 'whole')
  const table = placed(needles)
  if (!table) return null
  const longest = Math.max(0, ...needles.map(({ length }) => length))
  const find = longest > 4 ? anyText : anyShort
  return (texts, out, rows) => {
    const quick = rowsBeforeEnd(texts, rows)
    if (quick) find(texts, table, out, quick)
    if (quick && longest > 8) sift(out, quick, inSlot(texts, table))
    for (let row = quick; row < rows; row++) setNext(out, row, isOne(texts, row, needles))
  }
}

function isOne({ offsets, bytes }: VectorOf<'bytes'>, row: number, needles: readonly Uint8Array[]): boolean {
  const start = offsets[row] as number
  const length = (offsets[row + 1] as number) - start
  return needles.some((needle) => needle.length === length && sameFrom(bytes, start, needle))
}

/** So many rows, by eights, have eight bytes from their text's end on before the buffer's: words are read there. */
function rowsBeforeEnd({ offsets, bytes }: VectorOf<'bytes'>, rows: number): number {
  let before = rows
  while (before > 0 && (offsets[before] as number) + 8 > bytes.length) before--
  return before & ~7
}

function setNext(out: Bits, row: number, found: boolean): void {
  const bits = row & 7 ? (out[row >> 3] as number) : 0
  out[row >> 3] = bits | (+found << (row & 7))
}

function sameFrom(bytes: Uint8Array, start: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (bytes[start + i] !== needle[i]) return false
  return true
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Up to four bytes as a number, and which of its bits count. */
function wordAt(bytes: Uint8Array, at: number): { word: number; mask: number } {
  let [word, mask] = [0, 0]
  for (let i = 0; i < 4 && at + i < bytes.length; i++) {
    word |= (bytes[at + i] as number) << (8 * i)
    mask |= 255 << (8 * i)
  }
  return { word, mask }
}

// What differs is gathered in a number without a branch, as one that is guessed wrong costs more than the row:
// `(~x & (x - 1)) >>> 31` is 1 where x is 0, else 0.

function oneWord(
  { offsets, bytes }: VectorOf<'bytes'>,
  needle: Uint8Array,
  wrong: number,
  out: Bits,
  rows: number,
): void {
  const { length } = needle
  const { word, mask } = wordAt(needle, 0)
  const view = viewOf(bytes)
  let end = offsets[0] as number
  for (let row = 0; row < rows; row += 8) {
    let bits = 0
    for (let i = 0; i < 8; i++) {
      const start = end
      end = offsets[row + i + 1] as number
      const differ = ((end - start - length) & wrong) | ((view.getInt32(start, true) & mask) ^ word)
      bits |= ((~differ & (differ - 1)) >>> 31) << i
    }
    out[row >> 3] = bits
  }
}

function twoWords(
  { offsets, bytes }: VectorOf<'bytes'>,
  needle: Uint8Array,
  wrong: number,
  out: Bits,
  rows: number,
): void {
  const { length } = needle
  const first = wordAt(needle, 0).word
  const { word, mask } = wordAt(needle, 4)
  const view = viewOf(bytes)
  let end = offsets[0] as number
  for (let row = 0; row < rows; row += 8) {
    let bits = 0
    for (let i = 0; i < 8; i++) {
      const start = end
      end = offsets[row + i + 1] as number
      const differ =
        ((end - start - length) & wrong) |
        (view.getInt32(start, true) ^ first) |
        ((view.getInt32(start + 4, true) & mask) ^ word)
      bits |= ((~differ & (differ - 1)) >>> 31) << i
    }
    out[row >> 3] = bits
  }
}

/** Clears the bits of rows for which `holds` is false: a pass of its own, as a branch slows down the one before. */
function sift(out: Bits, rows: number, holds: (row: number) => boolean): void {
  for (let byte = 0; byte < rows >> 3; byte++) {
    for (let bits = out[byte] as number; bits; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits)
      if (!holds(byte * 8 + bit)) out[byte] = (out[byte] as number) ^ (1 << bit)
    }
  }
}

/** Texts by a hash of their length, first and last four bytes, each in a slot of its own. */
interface Table {
  readonly factor: number
  readonly shift: number
  /** -1 where no text is. */
  readonly lengths: Int32Array
  readonly firsts: Int32Array
  readonly lasts: Int32Array
  readonly needles: readonly Uint8Array[]
}

const mostSlots = 4096

/** Looks for a factor by which no two texts share a slot, in more slots where it finds none. */
function placed(all: readonly Uint8Array[]): Table | null {
  for (let size = 4; size <= mostSlots; size *= 2) {
    let factor = 0x9e3779b1 | 0
    for (let attempt = 0; size >= all.length && attempt < 32; attempt++) {
      const table = tryPlacing(all, size, factor)
      if (table) return table
      factor = (Math.imul(factor, 0x5bd1e995) + 2) | 1
    }
  }
  return null
}

function tryPlacing(all: readonly Uint8Array[], size: number, factor: number): Table | null {
  const shift = Math.clz32(size) + 1
  const lengths = new Int32Array(size).fill(-1)
  const [firsts, lasts] = [new Int32Array(size), new Int32Array(size)]
  const needles: Uint8Array[] = []
  for (const needle of all) {
    const { length } = needle
    const first = wordAt(needle, 0).word
    const last = length > 4 ? wordAt(needle, length - 4).word : 0
    const slot = slotOf(first, last, length, factor, shift)
    if (lengths[slot] !== -1) return null
    lengths[slot] = length
    firsts[slot] = first
    lasts[slot] = last
    needles[slot] = needle
  }
  return { factor, shift, lengths, firsts, lasts, needles }
}

const slotOf = (first: number, last: number, length: number, factor: number, shift: number): number =>
  Math.imul(first ^ Math.imul(last, 0x85ebca6b) ^ length, factor) >>> shift

/** Among texts of at most four bytes. */
function anyShort({ offsets, bytes }: VectorOf<'bytes'>, table: Table, out: Bits, rows: number): void {
  const { factor, shift, lengths, firsts } = table
  const view = viewOf(bytes)
  let end = offsets[0] as number
  for (let row = 0; row < rows; row += 8) {
    let bits = 0
    for (let i = 0; i < 8; i++) {
      const start = end
      end = offsets[row + i + 1] as number
      const length = end - start
      const word = view.getInt32(start, true) & (length < 4 ? (1 << (length << 3)) - 1 : -1)
      const slot = Math.imul(word ^ length, factor) >>> shift
      const differ = ((firsts[slot] as number) ^ word) | ((lengths[slot] as number) ^ length)
      bits |= ((~differ & (differ - 1)) >>> 31) << i
    }
    out[row >> 3] = bits
  }
}

function anyText({ offsets, bytes }: VectorOf<'bytes'>, table: Table, out: Bits, rows: number): void {
  const { factor, shift, lengths, firsts, lasts } = table
  const view = viewOf(bytes)
  let end = offsets[0] as number
  for (let row = 0; row < rows; row += 8) {
    let bits = 0
    for (let i = 0; i < 8; i++) {
      const start = end
      end = offsets[row + i + 1] as number
      const length = end - start
      const mask = length < 4 ? (1 << (length << 3)) - 1 : -1
      const beyond = length - 4
      const first = view.getInt32(start, true) & mask
      const last = view.getInt32(start + (beyond & ~(beyond >> 31)), true) & ((4 - length) >> 31)
      const slot = slotOf(first, last, length, factor, shift)
      const differ =
        ((firsts[slot] as number) ^ first) | ((lasts[slot] as number) ^ last) | ((lengths[slot] as number) ^ length)
      bits |= ((~differ & (differ - 1)) >>> 31) << i
    }
    out[row >> 3] = bits
  }
}

/** Whether the text that a row's length, first and last bytes are those of is the row's. */
function inSlot({ offsets, bytes }: VectorOf<'bytes'>, table: Table): (row: number) => boolean {
  const view = viewOf(bytes)
  return (row) => {
    const start = offsets[row] as number
    const length = (offsets[row + 1] as number) - start
    if (length <= 8) return true
    const last = view.getInt32(start + length - 4, true)
    const slot = slotOf(view.getInt32(start, true), last, length, table.factor, table.shift)
    return sameFrom(bytes, start, table.needles[slot] as Uint8Array)
  }
}
