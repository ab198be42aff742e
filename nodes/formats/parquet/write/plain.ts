import type { Values } from './gathered.ts'
import type { Room } from './room.ts'
import { copyWords } from './room.ts'

/** Writes values `from` to `to` as they are; bools as bits, texts behind their lengths. */
export function writePlain(out: Room, values: Values, from: number, to: number): void {
  const { bytes, width, offsets } = values
  if (offsets) writeTexts(out, bytes, offsets, from, to)
  else if (width === 1) writeBools(out, bytes, from, to)
  else out.copy(bytes, from * width, to * width)
}

function writeBools(out: Room, bools: Uint8Array, from: number, to: number): void {
  const at = out.take((to - from + 7) >> 3)
  const { bytes } = out
  bytes.fill(0, at, out.length)
  for (let i = from; i < to; i++)
    bytes[at + ((i - from) >> 3)] =
      (bytes[at + ((i - from) >> 3)] as number) | ((bools[i] as number) << ((i - from) & 7))
}

function writeTexts(out: Room, texts: Uint8Array<ArrayBuffer>, offsets: Int32Array, from: number, to: number): void {
  let start = offsets[from] as number
  let at = out.take((to - from) * 4 + (offsets[to] as number) - start)
  const { bytes, view } = out
  const source = new DataView(texts.buffer)
  for (let i = from; i < to; i++) {
    const end = offsets[i + 1] as number
    const length = end - start
    view.setInt32(at, length, true)
    at += 4
    if (length > 256) bytes.set(texts.subarray(start, end), at)
    else copyWords(view, at, source, start, length)
    at += length
    start = end
  }
}
