import { notOurs } from './notours.ts'

/** The last bytes of a block are literals: no match ends in the last 5, and none begins in the last 12. */
const lastLiterals = 5
const lastMatch = 12

/**
 * Unpacks one block of LZ4 (lz4_Block_format.md) into `to`, as strict as LZ4's own decoder about how a block ends.
 * `from` and `to` have at least 8 bytes of their buffers behind them.
 */
export function unpackLz4Block(from: Uint8Array, to: Uint8Array): void {
  const view = new DataView(from.buffer, from.byteOffset, from.length + 8)
  const [end, stop] = [from.length, to.length]
  let at = 0
  let put = 0
  for (;;) {
    if (at >= end) notOurs('a block without an end')
    const token = from[at++] as number
    let literals = token >> 4
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = byteAt(from, at++)
    if (literals > end - at || literals > stop - put) notOurs('literals go over the end')
    if (literals <= 16) for (let i = 0; i < literals; i++) to[put + i] = from[at + i] as number
    else to.set(from.subarray(at, at + literals), put)
    at += literals
    put += literals
    if (at === end) break
    if (put > stop - lastMatch || at > end - (2 + 1 + lastLiterals)) notOurs('a match too near to the end')
    const back = view.getUint16(at, true)
    at += 2
    let length = (token & 15) + 4
    if ((token & 15) === 15) for (let more = 255; more === 255; length += more) more = byteAt(from, at++)
    if (back === 0 || back > put || length > stop - put - lastLiterals) notOurs('a match goes over the end')
    // A match may reach into what it writes itself.
    if (back >= length) to.copyWithin(put, put - back, put - back + length)
    else for (let i = 0; i < length; i++) to[put + i] = to[put + i - back] as number
    put += length
  }
  if (put !== stop) notOurs('it unpacks to another length')
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  return byte === undefined ? notOurs('a block goes over the end') : byte
}
