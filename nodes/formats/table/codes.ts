import { byteLength, type Column, setBit } from '@headrace/runtime/sdk'
import { bitsFor, writeHybrid } from '../parquet/write/hybrid.ts'
import { Room } from '../parquet/write/room.ts'
import type { Leaf } from './layout.ts'
import { addBits, addRun, type Bytes } from './levels.ts'
import type { StagedRows } from './strips.ts'

/** How many values there are beside the null. */
const countOf = ({ length, nulls }: Column): number => length - nulls

/** A dictionary is written, and kept in memory, beside the pages of its row group: a larger one is not. */
const mostBytes = 1 << 20

/**
 * Whether rows that come coded (see `Batch.stored`) are staged so, with their values once a row group as a dictionary:
 * where these are not many more than the rows, nor large. Booleans are smaller without.
 */
export function mayCode({ column, places, coded }: StagedRows, leaf: Leaf): boolean {
  if (!coded || !places || leaf.physical === 0 || column.nulls > 1) return false
  return countOf(column) > 0 && countOf(column) <= places.length * 8 && byteLength(column) <= mostBytes
}

/** Writes the page of a dictionary, its values one after the other (PLAIN); gives how many there are. */
export function writeDictionary(out: Bytes, column: Column, leaf: Leaf): number {
  const count = countOf(column)
  const places = new Int32Array(count)
  for (let i = 0; i < count; i++) places[i] = i
  if (leaf.encoding === 0) leaf.put(out, column, places)
  else putPlainTexts(out, column, count)
  return count
}

/** Bytes of the rows' own values. */
export function bytesOfCodes({ offsets, values, length }: Column, codes: Int32Array): number {
  if (!offsets) return ((values?.byteLength ?? 0) / length) * codes.length
  let bytes = codes.length * 4
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    bytes += (offsets[code + 1] as number) - (offsets[code] as number)
  }
  return bytes
}

/** Texts, each behind its length. */
function putPlainTexts(out: Bytes, { offsets, values }: Column, count: number): void {
  const starts = offsets as Int32Array
  const all = (starts[count] as number) - (starts[0] as number)
  const room = out.room(count * 4 + all)
  const view = new DataView(room.buffer, room.byteOffset)
  for (let i = 0, at = 0; i < count; i++) {
    const bytes = (values as Uint8Array).subarray(starts[i], starts[i + 1])
    view.setUint32(at, bytes.length, true)
    room.set(bytes, at + 4)
    at += 4 + bytes.length
  }
}

const room = new Room()

/** Writes a page of rows as the places of their values in the dictionary (RLE_DICTIONARY), with their levels. */
export function writeCodes(out: Bytes, column: Column, codes: Int32Array): void {
  const codeOfNull = column.nulls ? column.length - 1 : -1
  let there = new Uint32Array(codes.buffer, codes.byteOffset, codes.length)
  if (codeOfNull < 0 || !codes.includes(codeOfNull)) addRun(out, codes.length, 1)
  else {
    const bits = new Uint8Array((codes.length + 7) >> 3)
    for (let i = 0; i < codes.length; i++) if (codes[i] !== codeOfNull) setBit(bits, i)
    addBits(out, bits, codes.length)
    there = there.filter((code) => code !== codeOfNull)
  }
  const width = Math.max(1, bitsFor(countOf(column) - 1))
  room.clear()
  writeHybrid(room, there, 0, there.length, width)
  out.room(1)[0] = width
  out.add(room.bytes.subarray(0, room.length))
}
