/**
 * Unpacks an LZ4 frame (lz4_Frame_format.md, lz4_Block_format.md) into `to`, which has the length of the content.
 * Checksums are passed by. Throws a RangeError where the bytes are no such frame.
 */
export function unpackLz4(from: Uint8Array, to: Uint8Array): void {
  if (from.length < 11) throw new RangeError(`an LZ4 frame of ${from.length} bytes is none`)
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength)
  if (view.getUint32(0, true) !== 0x184d2204) throw new RangeError('an LZ4 frame does not begin with its magic number')
  const flags = view.getUint8(4)
  const blockChecksum = (flags & 16) !== 0
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0)
  let put = 0
  for (;;) {
    if (at + 4 > from.length) throw new RangeError('an LZ4 frame goes over the end')
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) break
    const length = size & 0x7fffffff
    if (at + length > from.length) throw new RangeError('an LZ4 block goes over the end')
    if (size >>> 31) {
      if (put + length > to.length) throw new RangeError(`an LZ4 frame holds more than ${to.length} bytes`)
      to.set(from.subarray(at, at + length), put)
      put += length
    } else put = unpackBlock(from, at, at + length, to, put)
    at += length + (blockChecksum ? 4 : 0)
  }
  if (put !== to.length) throw new RangeError(`an LZ4 frame holds ${put} bytes, not ${to.length}`)
}

/** Unpacks one block behind what is there already, since a match may look back into the blocks before. */
function unpackBlock(from: Uint8Array, start: number, end: number, to: Uint8Array, begin: number): number {
  let at = start
  let put = begin
  while (at < end) {
    const token = from[at++] as number
    let literals = token >> 4
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = from[at++] as number
    if (at + literals > end || put + literals > to.length) throw new RangeError('an LZ4 block is broken')
    to.set(from.subarray(at, at + literals), put)
    at += literals
    put += literals
    if (at >= end) break
    const back = (from[at] as number) | ((from[at + 1] as number) << 8)
    at += 2
    let length = (token & 15) + 4
    if ((token & 15) === 15) for (let more = 255; more === 255; length += more) more = from[at++] as number
    if (back === 0 || back > put || put + length > to.length) throw new RangeError('an LZ4 block is broken')
    // A match may reach into what it writes itself: byte by byte.
    for (let i = 0; i < length; i++, put++) to[put] = to[put - back] as number
  }
  return put
}
