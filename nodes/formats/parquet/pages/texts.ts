/** From here on a copy by the engine is faster than word by word. */
const long = 48

/**
 * Copies texts `from` to `to` of a page, text i from `starts[i]` to `starts[i + 1] - gap`, one after the other to where
 * `offsets` says, the first to `offsets[row]`. Both sides have some bytes behind their texts.
 */
export function copyTexts(
  target: Uint8Array,
  offsets: Int32Array,
  row: number,
  bytes: Uint8Array,
  starts: Int32Array,
  gap: number,
  from: number,
  to: number,
): void {
  const [out, source] = [wordsOf(target), wordsOf(bytes)]
  for (let i = from, at = row; i < to; i++, at++) {
    const start = starts[i] as number
    copyText(target, out, offsets[at] as number, bytes, source, start, (starts[i + 1] as number) - gap - start)
  }
}

/** All of an array's buffer from its first byte: words may reach behind its end. */
export const wordsOf = ({ buffer, byteOffset }: Uint8Array): DataView => new DataView(buffer, byteOffset)

/** Copies one text; `out` and `source` are `wordsOf` both sides. Up to 3 bytes behind it are overwritten. */
export function copyText(
  target: Uint8Array,
  out: DataView,
  put: number,
  bytes: Uint8Array,
  source: DataView,
  start: number,
  length: number,
): void {
  if (length > long) target.set(bytes.subarray(start, start + length), put)
  else for (let i = 0; i < length; i += 4) out.setInt32(put + i, source.getInt32(start + i, true), true)
}
