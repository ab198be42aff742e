import { writeVarint } from './hybrid.ts'
import type { Room } from './room.ts'

/** Values a block, and miniblocks a block. */
const [block, parts] = [128, 4]
const part = block / parts
/** Differences up to here are exact as doubles, also less the least of a block. */
const mostDifference = 2 ** 52

const differences = new Float64Array(block)

/**
 * Writes numbers of 32 bits by their differences (parquet-format/Encodings.md, "Delta Encoding"). They wrap around, as
 * the difference of two numbers may take 33 bits.
 */
export function writeDelta32(out: Room, numbers: Int32Array, from: number, to: number): void {
  writeHead(out, to - from)
  let last = from < to ? (numbers[from] as number) : 0
  writeSigned(out, last)
  for (let at = from + 1; at < to; at += block) {
    const count = Math.min(block, to - at)
    for (let i = 0; i < count; i++) {
      const number = numbers[at + i] as number
      differences[i] = (number - last) | 0
      last = number
    }
    writeBlock(out, count)
  }
}

/** Whether `writeDelta64` can write these: no neighbours lie further apart than doubles are exact. */
export function fitsDelta64(words: Int32Array, count: number): boolean {
  // Mostly the high words say it of all of them.
  let least = count ? (words[1] as number) : 0
  let greatest = least
  for (let i = 1; i < count; i++) {
    const high = words[2 * i + 1] as number
    if (high < least) least = high
    if (high > greatest) greatest = high
  }
  if ((greatest - least + 1) * 4294967296 < mostDifference) return true
  for (let i = 1; i < count; i++) if (!(Math.abs(differenceAt(words, i)) < mostDifference)) return false
  return true
}

/** Writes numbers of 64 bits, low words first, by their differences. */
export function writeDelta64(out: Room, words: Int32Array, from: number, to: number): void {
  writeHead(out, to - from)
  const first = from < to ? new BigInt64Array(words.buffer, words.byteOffset + from * 8, 1)[0] : 0n
  writeLong(out, first as bigint)
  for (let at = from + 1; at < to; at += block) {
    const count = Math.min(block, to - at)
    for (let i = 0; i < count; i++) differences[i] = differenceAt(words, at + i)
    writeBlock(out, count)
  }
}

/** The difference of a number and the one before it; not exact from 2^53 on. */
function differenceAt(words: Int32Array, i: number): number {
  const high = (words[2 * i + 1] as number) - (words[2 * i - 1] as number)
  return high * 4294967296 + (((words[2 * i] as number) >>> 0) - ((words[2 * i - 2] as number) >>> 0))
}

function writeHead(out: Room, count: number): void {
  writeVarint(out, block)
  writeVarint(out, parts)
  writeVarint(out, count)
}

function writeBlock(out: Room, count: number): void {
  let least = differences[0] as number
  for (let i = 1; i < count; i++) {
    const difference = differences[i] as number
    if (difference < least) least = difference
  }
  // Behind the last value nothing is added to the least.
  differences.fill(least, count)
  writeSigned(out, least)
  const widths = out.take(parts)
  for (let from = 0; from < block; from += part) {
    let most = 0
    for (let i = from; i < from + part; i++) {
      const more = (differences[i] as number) - least
      differences[i] = more
      if (more > most) most = more
    }
    const width = most < 4294967296 ? 32 - Math.clz32(most) : 64 - Math.clz32(most / 4294967296)
    out.bytes[widths + from / part] = width
    if (width > 0) pack(out, from, width)
  }
}

/** Packs 32 numbers of at most 53 bits: of wider ones than 32 the low bits and the others one after the other. */
function pack(out: Room, from: number, width: number): void {
  let at = out.take((part * width) >> 3)
  const { view } = out
  const [low, high] = [Math.min(32, width), Math.max(0, width - 32)]
  let bits = 0
  let held = 0
  for (let i = from; i < from + part; i++) {
    const number = differences[i] as number
    bits |= number << held
    held += low
    if (held >= 32) {
      view.setInt32(at, bits, true)
      at += 4
      held -= 32
      bits = held ? (number >>> 0) >>> (low - held) : 0
    }
    if (high === 0) continue
    const rest = Math.floor(number / 4294967296)
    bits |= rest << held
    held += high
    if (held < 32) continue
    view.setInt32(at, bits, true)
    at += 4
    held -= 32
    bits = held ? rest >>> (high - held) : 0
  }
}

/** A number up to 53 bits, zigzag. */
function writeSigned(out: Room, value: number): void {
  if (Math.abs(value) < 2 ** 51) writeVarint(out, value < 0 ? -2 * value - 1 : 2 * value)
  else writeLong(out, BigInt(value))
}

function writeLong(out: Room, value: bigint): void {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  out.push(Number(rest))
}
