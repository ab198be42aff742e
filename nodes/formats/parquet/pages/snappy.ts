import { notOurs } from './notours.ts'

/**
 * Unpacks Snappy's raw format (google/snappy, format_description.txt) into `to`, which has the length of the content
 * and at least 8 bytes of its buffer behind it, which may be overwritten. `from`, too, has 8 bytes behind it.
 */
export function unpackSnappy(from: Uint8Array, to: Uint8Array): void {
  const view = new DataView(from.buffer, from.byteOffset, from.length + 8)
  const out = new DataView(to.buffer, to.byteOffset, to.length + 8)
  const [end, stop] = [from.length, to.length]
  let at = readLength(from, to.length)
  let put = 0
  while (at < end) {
    const tag = from[at++] as number
    const size = tag >>> 2
    if ((tag & 3) === 0) {
      let length = size + 1
      if (size >= 60) {
        const more = size - 59
        length = more === 4 ? view.getUint32(at, true) + 1 : (view.getUint32(at, true) & ((1 << (8 * more)) - 1)) + 1
        at += more
      }
      if (length > end - at || length > stop - put) notOurs('a literal goes over the end')
      if (length <= 32) for (let i = 0; i < length; i += 4) out.setInt32(put + i, view.getInt32(at + i, true), true)
      else to.set(from.subarray(at, at + length), put)
      at += length
      put += length
      continue
    }
    let length = size + 1
    let back: number
    if ((tag & 3) === 1) {
      length = (size & 7) + 4
      back = ((tag >>> 5) << 8) | (from[at++] as number)
    } else if ((tag & 3) === 2) {
      back = view.getUint16(at, true)
      at += 2
    } else {
      back = view.getUint32(at, true)
      at += 4
    }
    if (at > end || back === 0 || back > put || length > stop - put) notOurs('a copy goes over the end')
    copyBack(out, to, put, back, length)
    put += length
  }
  if (put !== stop) notOurs('it unpacks to another length')
}

/** What is copied may reach into what is written: words only where they lie far enough apart. */
function copyBack(out: DataView, to: Uint8Array, put: number, back: number, length: number): void {
  if (back >= 4) for (let i = 0; i < length; i += 4) out.setInt32(put + i, out.getInt32(put + i - back, true), true)
  else for (let i = 0; i < length; i++) to[put + i] = to[put + i - back] as number
}

/** Where the data begins, behind their length. */
function readLength(from: Uint8Array, expected: number): number {
  let length = 0
  for (let at = 0, scale = 1; at < 5; scale *= 128) {
    const byte = from[at++]
    if (byte === undefined) break
    length += (byte & 127) * scale
    if (byte < 128) return length === expected ? at : notOurs('it says another length')
  }
  return notOurs('it says no length')
}
