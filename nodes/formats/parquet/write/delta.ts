import type { Values } from './gathered.ts'
import { writeVarint } from './hybrid.ts'
import { kernelOfThread } from './kernel/kernel.ts'
import { places } from './kernel/places.ts'
import type { Room } from './room.ts'

/** Values a block, and miniblocks a block. */
const [block, parts] = [128, 4]
/** So many values are handed to the kernel at once. */
const most = block * 128
/** Neighbours that lie further apart are better written plain. */
const mostDifference = 2 ** 52

/**
 * Writes whole numbers of 4 or 8 bytes by their differences (parquet-format/Encodings.md, "Delta Encoding"). They wrap
 * around, as the difference of two numbers may take a bit more than these.
 */
export function writeDelta(out: Room, { bytes, width }: Values, from: number, to: number): void {
  writeVarint(out, block)
  writeVarint(out, parts)
  writeVarint(out, to - from)
  writeSigned(out, from < to ? numberAt(bytes, width, from) : 0n)
  const { memory, kernel } = kernelOfThread()
  const add = width === 8 ? kernel.deltaLongs : kernel.deltaWords
  for (let at = from; at + 1 < to; at += most) {
    // The number before a block is handed over with it.
    const count = Math.min(most + 1, to - at)
    const written = new Uint8Array(memory.buffer)
    written.set(bytes.subarray(at * width, (at + count) * width), places.window)
    out.copy(written, places.found, places.found + add(count))
  }
}

function numberAt(bytes: Uint8Array<ArrayBuffer>, width: number, at: number): bigint {
  const view = new DataView(bytes.buffer)
  return width === 8 ? view.getBigInt64(at * 8, true) : BigInt(view.getInt32(at * 4, true))
}

/** Whether no neighbours of these numbers of 8 bytes, of which two are the extremes, lie far apart. */
export function fitsDelta({ bytes, count }: Values, least: Uint8Array, greatest: Uint8Array): boolean {
  const at = (number: Uint8Array) => Buffer.from(number).readBigInt64LE()
  // Mostly this says it of all of them.
  const range = at(greatest) - at(least)
  if (range >= 0n && range < mostDifference) return true
  const words = new Int32Array(bytes.buffer, 0, count * 2)
  for (let i = 1; i < count; i++) if (!(Math.abs(differenceAt(words, i)) < mostDifference)) return false
  return true
}

/** The difference of a number and the one before it; not exact from 2^53 on. */
function differenceAt(words: Int32Array, i: number): number {
  const high = (words[2 * i + 1] as number) - (words[2 * i - 1] as number)
  return high * 4294967296 + (((words[2 * i] as number) >>> 0) - ((words[2 * i - 2] as number) >>> 0))
}

/** LEB128, zigzag. */
function writeSigned(out: Room, value: bigint): void {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  out.push(Number(rest))
}
