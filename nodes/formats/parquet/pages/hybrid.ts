import { notOurs } from './notours.ts'

/**
 * Reads the numbers from place `from` to place `to` of `width` bits each, none above `most`, from runs and bit-packed
 * groups of 8 (parquet-format/Encodings.md, "RLE/Bit-Packing Hybrid"), which lie in `view` from `at` to `end`, with some
 * bytes behind.
 */
export function readHybrid(
  view: DataView,
  at: number,
  end: number,
  width: number,
  most: number,
  numbers: Int32Array,
  from: number,
  to: number,
): void {
  const bytes = (width + 7) >> 3
  const limit = width < 31 ? Math.min(most, 2 ** width - 1) : most
  const run = { at, head: 0 }
  for (let place = 0; place < to; ) {
    readHead(view, run, end)
    const [begin, put] = [Math.max(place, from), Math.max(0, place - from)]
    if (run.head & 1) {
      const groups = run.head >>> 1
      if (groups * width > end - run.at) notOurs('a bit-packed run goes over the end')
      const stop = Math.min(to, place + groups * 8) - from
      if (stop > put) readPacked(view, run.at * 8 + (begin - place) * width, width, most, numbers, put, stop)
      run.at += groups * width
      place += groups * 8
    } else {
      if (bytes > end - run.at) notOurs('a run goes over the end')
      const value = bytes === 0 ? 0 : readBytes(view, run.at, bytes)
      if (value < 0 || value > limit) notOurs('a number that there may not be')
      run.at += bytes
      place += run.head >>> 1
      if (place > from) numbers.fill(value, put, Math.min(to, place) - from)
    }
  }
}

/** Reads levels of 0 to `most`, which is 3 at the most: a byte each; null where all of them are `most`. */
export function readLevels(
  view: DataView,
  at: number,
  end: number,
  count: number,
  room: (bytes: number) => Uint8Array,
  most = 1,
): Uint8Array | null {
  const width = most > 1 ? 2 : 1
  const run = { at, head: 0 }
  let levels: Uint8Array | null = null
  let over = 0
  for (let filled = 0; filled < count; ) {
    readHead(view, run, end)
    const packed = run.head & 1
    const bytes = packed ? (run.head >>> 1) * width : 1
    if (bytes > end - run.at) notOurs('levels go over the end')
    const to = Math.min(count, filled + (run.head >>> 1) * (packed ? 8 : 1))
    if (packed) {
      levels ??= room(count).fill(most, 0, filled)
      over |= unpackLevels(view, run.at, width, most, levels, filled, to)
    } else {
      const level = view.getUint8(run.at)
      over |= most - level
      if (level !== most) levels ??= room(count).fill(most, 0, filled)
      levels?.fill(level, filled, to)
    }
    run.at += bytes
    filled = to
  }
  if (over < 0) notOurs('a level that there may not be')
  return levels
}

/** Unpacks levels of 1 or 2 bits to places `from` to `to`; negative where one is above `most`. */
function unpackLevels(
  view: DataView,
  at: number,
  width: 1 | 2,
  most: number,
  levels: Uint8Array,
  from: number,
  to: number,
): number {
  let over = 0
  let row = from
  if (width === 1) {
    for (let byte = at; row + 8 <= to; byte++, row += 8) {
      const bits = view.getUint8(byte)
      levels[row] = bits & 1
      levels[row + 1] = (bits >> 1) & 1
      levels[row + 2] = (bits >> 2) & 1
      levels[row + 3] = (bits >> 3) & 1
      levels[row + 4] = (bits >> 4) & 1
      levels[row + 5] = (bits >> 5) & 1
      levels[row + 6] = (bits >> 6) & 1
      levels[row + 7] = bits >> 7
    }
  }
  for (let bit = at * 8 + (row - from) * width; row < to; row++, bit += width) {
    over |= most - (levels[row] = (view.getUint8(bit >>> 3) >> (bit & 7)) & (2 * width - 1))
  }
  return over
}

/** The number before a run: its length twice, and 1 more where its numbers are bit-packed. */
function readHead(view: DataView, run: { at: number; head: number }, end: number): void {
  run.head = 0
  for (let shift = 0; shift < 35; shift += 7) {
    if (run.at >= end) notOurs('runs go over the end')
    const byte = view.getUint8(run.at++)
    run.head += (byte & 127) * 2 ** shift
    if (byte > 127) continue
    if (run.head < 2 || run.head > 0x7fffffff) notOurs('a run of no length')
    return
  }
  notOurs('a run whose length has more than 32 bits')
}

function readBytes(view: DataView, at: number, count: number): number {
  let value = 0
  for (let i = count - 1; i >= 0; i--) value = value * 256 + view.getUint8(at + i)
  return value
}

/** Reads numbers from a bit on to places `from` to `to`. */
function readPacked(
  view: DataView,
  start: number,
  width: number,
  most: number,
  numbers: Int32Array,
  from: number,
  to: number,
): void {
  // Negative as soon as one number is above `most`: one check for all.
  let over = 0
  if (width === 0) numbers.fill(0, from, to)
  else if (width === 8) {
    for (let i = from, at = start >>> 3; i < to; i++, at++) over |= most - (numbers[i] = view.getUint8(at))
  } else if (width <= 25) {
    const mask = (1 << width) - 1
    for (let i = from, bit = start; i < to; i++, bit += width) {
      over |= most - (numbers[i] = (view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask)
    }
  } else notOurs('numbers that are too wide')
  if (over < 0) notOurs('a number that there may not be')
}
