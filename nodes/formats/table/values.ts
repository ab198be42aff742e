import { type Column, fromHalf, setBit, type TypedArray } from '@headrace/runtime/sdk'
import { addVarint, type Bytes } from './levels.ts'

/** Writes a column's values at `places` (null: all of them), which are not null, as a Parquet page keeps them. */
export type PutValues = (out: Bytes, column: Column, places: Int32Array | null) => void

/** Numbers of 4 or 8 bytes as they are; `words` 32-bit words each, of which the first ones of `stride` are taken. */
export const putWords =
  (words: 1 | 2, stride: number = words): PutValues =>
  (out, column, places) => {
    const { buffer, byteOffset, byteLength } = column.values as TypedArray
    const count = places?.length ?? column.length
    if (!places && stride === words) {
      out.add(new Uint8Array(buffer, byteOffset, count * words * 4))
      return
    }
    const from = new Uint32Array(buffer, byteOffset, byteLength >> 2)
    const to = new Uint32Array(count * words)
    for (let i = 0; i < count; i++) {
      const at = (places ? (places[i] as number) : i) * stride
      to[i * words] = from[at] as number
      if (words === 2) to[i * 2 + 1] = from[at + 1] as number
    }
    out.add(new Uint8Array(to.buffer))
  }

/** Whole numbers of 8 and 16 bits, which Parquet keeps in 32. */
export const putSmall: PutValues = (out, column, places) => {
  const from = column.values as Int16Array
  const to = new Int32Array(places?.length ?? column.length)
  for (let i = 0; i < to.length; i++) to[i] = from[places ? (places[i] as number) : i] as number
  out.add(new Uint8Array(to.buffer))
}

/** Float16 as float32, which holds each of them and sorts alike. */
export const putHalves: PutValues = (out, column, places) => {
  const from = column.values as Uint16Array
  const to = new Float32Array(places?.length ?? column.length)
  for (let i = 0; i < to.length; i++) to[i] = fromHalf(from[places ? (places[i] as number) : i] as number)
  out.add(new Uint8Array(to.buffer))
}

/** Seconds as milliseconds. */
export const putSeconds: PutValues = (out, column, places) => {
  const from = column.values as BigInt64Array
  const to = new BigInt64Array(places?.length ?? column.length)
  for (let i = 0; i < to.length; i++) to[i] = (from[places ? (places[i] as number) : i] as bigint) * 1000n
  out.add(new Uint8Array(to.buffer))
}

export const putBools: PutValues = (out, column, places) => {
  const bits = column.values as Uint8Array
  if (!places) {
    out.add(bits.subarray(0, (column.length + 7) >> 3))
    return
  }
  const to = out.room((places.length + 7) >> 3).fill(0)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    if (((bits[place >> 3] as number) >> (place & 7)) & 1) setBit(to, i)
  }
}

/** A struct without fields: only whether it is there counts. */
export const putTrue: PutValues = (out, column, places) => {
  out.room(((places?.length ?? column.length) + 7) >> 3).fill(255)
}

/** 128-bit numbers, highest byte first. */
export const putLongDecimals: PutValues = (out, column, places) => {
  const { buffer, byteOffset, byteLength } = column.values as TypedArray
  const from = new Uint8Array(buffer, byteOffset, byteLength)
  const count = places?.length ?? column.length
  const to = out.room(count * 16)
  for (let i = 0; i < count; i++) {
    const last = (places ? (places[i] as number) : i) * 16 + 15
    for (let k = 0; k < 16; k++) to[i * 16 + k] = from[last - k] as number
  }
}

/** The numbers of a vector one after the other, then a bitmap of those that are not null. */
export const putVectors =
  (size: number, width: number): PutValues =>
  (out, column, places) => {
    const items = column.children[0] as Column
    const { buffer, byteOffset } = items.values as TypedArray
    const count = places?.length ?? column.length
    const bits = (size + 7) >> 3
    const stride = size * width + bits
    const to = out.room(count * stride)
    const from = new Uint8Array(buffer, byteOffset, items.length * width)
    for (let i = 0; i < count; i++) {
      const row = places ? (places[i] as number) : i
      to.set(from.subarray(row * size * width, (row + 1) * size * width), i * stride)
      const mask = to.subarray(i * stride + size * width, (i + 1) * stride)
      mask.fill(items.validity ? 0 : 255)
      if (!items.validity) continue
      for (let k = 0; k < size; k++) {
        const at = row * size + k
        if (((items.validity[at >> 3] as number) >> (at & 7)) & 1) setBit(mask, k)
      }
    }
  }

/** Texts or bytes: all lengths as differences (DELTA_LENGTH_BYTE_ARRAY), then all bytes in one piece. */
export const putTexts: PutValues = (out, column, places) => {
  const offsets = column.offsets as Int32Array
  const bytes = column.values as Uint8Array
  const count = places?.length ?? column.length
  const lengths = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const row = places ? (places[i] as number) : i
    lengths[i] = (offsets[row + 1] as number) - (offsets[row] as number)
  }
  putLengths(out, lengths)
  if (!places) {
    out.add(bytes.subarray(offsets[0], offsets[count]))
    return
  }
  // Rows that are null take no bytes as a rule, so that one piece is most often all of them.
  for (let i = 0; i < count; ) {
    const start = offsets[places[i] as number] as number
    let end = start
    for (; i < count && offsets[places[i] as number] === end; i++) end += lengths[i] as number
    out.add(bytes.subarray(start, end))
  }
}

const blockValues = 1024

/** DELTA_BINARY_PACKED with blocks of one miniblock, 32 bits a value: written and read without packing bits. */
function putLengths(out: Bytes, lengths: Int32Array): void {
  addVarint(out, blockValues)
  addVarint(out, 1)
  addVarint(out, lengths.length)
  addVarint(out, (lengths[0] ?? 0) * 2)
  for (let start = 1; start < lengths.length; start += blockValues) {
    const end = Math.min(lengths.length, start + blockValues)
    const differences = new Int32Array(blockValues)
    let least = 0x7fffffff
    for (let i = start; i < end; i++) {
      const difference = (lengths[i] as number) - (lengths[i - 1] as number)
      differences[i - start] = difference
      if (difference < least) least = difference
    }
    for (let i = start; i < end; i++) differences[i - start] = (differences[i - start] as number) - least
    addVarint(out, least < 0 ? -least * 2 - 1 : least * 2)
    out.room(1)[0] = 32
    out.add(new Uint8Array(differences.buffer))
  }
}
