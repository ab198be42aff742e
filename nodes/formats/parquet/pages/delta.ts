import { notOurs } from './notours.ts'
import type { Body } from './page.ts'

/** A place among bytes that are read one after the other. */
interface Reader {
  readonly view: DataView
  readonly end: number
  at: number
}

/**
 * Reads whole numbers of 4 or 8 bytes as differences (parquet-format/Encodings.md, DELTA_BINARY_PACKED) into words, the
 * lower of two first. Returns where they end.
 */
export function readDelta({ bytes, view, start, count }: Body, size: 4 | 8, words: Int32Array): number {
  const reader: Reader = { view, end: bytes.length, at: start }
  const block = readCount(reader)
  const parts = readCount(reader)
  if (readCount(reader) !== count) notOurs('another number of values')
  const each = block / parts
  if (block === 0 || block % 128 || block > 1 << 20 || each % 32) notOurs('blocks of another size')
  const step = size / 4
  const sum = readSigned(reader)
  const put = (i: number) => {
    words[i * step] = sum.low
    if (step === 2) words[i * step + 1] = sum.high
  }
  if (count > 0) put(0)
  for (let done = 1; done < count; ) {
    const least = readSigned(reader)
    const widths = reader.at
    if (parts > reader.end - widths) notOurs('a block goes over the end')
    reader.at += parts
    for (let part = 0; part < parts && done < count; part++) {
      const width = view.getUint8(widths + part)
      if (width > 64 || (each / 8) * width > reader.end - reader.at) notOurs('a block goes over the end')
      const to = Math.min(count, done + each)
      // DuckDB writes differences of 32-bit numbers with up to 34 bits: what is above the 32nd falls off.
      if (step === 1 && width <= 25) addNarrow(reader, width, words, done, to, sum, least.low)
      else for (let i = 0; i < to - done; i++) addOne(reader, width, i, sum, least, words, (done + i) * step, step)
      reader.at += (each / 8) * width
      done = to
    }
  }
  return reader.at
}

interface Long {
  low: number
  high: number
}

/** Differences of up to 25 bits of 32-bit numbers, the most there are. */
function addNarrow(
  { view, at }: Reader,
  width: number,
  words: Int32Array,
  from: number,
  to: number,
  sum: Long,
  least: number,
): void {
  const mask = (1 << width) - 1
  let value = sum.low
  for (let i = from, bit = at * 8; i < to; i++, bit += width) {
    value = (value + least + ((view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask)) | 0
    words[i] = value
  }
  sum.low = value
}

/** Adds one difference of up to 64 bits, and puts the sum. */
function addOne(
  { view, at }: Reader,
  width: number,
  index: number,
  sum: Long,
  least: Long,
  words: Int32Array,
  place: number,
  step: number,
): void {
  const bit = at * 8 + index * width
  const low = bitsAt(view, bit, Math.min(width, 32))
  const high = width > 32 ? bitsAt(view, bit + 32, width - 32) : 0
  const first = (sum.low >>> 0) + (least.low >>> 0) + (low >>> 0)
  sum.high = (sum.high + least.high + high + Math.floor(first / 2 ** 32)) | 0
  sum.low = first | 0
  words[place] = sum.low
  if (step === 2) words[place + 1] = sum.high
}

/** Up to 32 bits from a bit's place, as a signed word. */
function bitsAt(view: DataView, bit: number, width: number): number {
  if (width === 0) return 0
  const byte = Math.floor(bit / 8)
  const shift = bit & 7
  let value = view.getUint32(byte, true) >>> shift
  if (shift + width > 32) value |= view.getUint8(byte + 4) << (32 - shift)
  return width === 32 ? value | 0 : value & (2 ** width - 1)
}

function readCount(reader: Reader): number {
  const { low, high } = readVarint(reader)
  return high !== 0 || low < 0 ? notOurs('a count that is too large') : low
}

function readSigned(reader: Reader): Long {
  const { low, high } = readVarint(reader)
  const sign = -(low & 1)
  return { low: ((low >>> 1) | (high << 31)) ^ sign, high: (high >>> 1) ^ sign }
}

function readVarint(reader: Reader): Long {
  const long = { low: 0, high: 0 }
  for (let shift = 0; shift < 70; shift += 7) {
    if (reader.at >= reader.end) notOurs('a number goes over the end')
    const byte = reader.view.getUint8(reader.at++)
    const bits = byte & 127
    if (shift < 32) long.low |= bits << shift
    if (shift > 25) long.high |= shift < 32 ? bits >>> (32 - shift) : bits << (shift - 32)
    if (byte < 128) return long
  }
  return notOurs('a number of more than 64 bits')
}
