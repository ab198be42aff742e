/**
 * Turns UTF-16 that comes in pieces into UTF-8. Half of a surrogate pair becomes the three bytes that UTF-8 forbids
 * for it, and half a unit at the end a lone 0xFF, so that the row they are in is found invalid as in a UTF-8 file.
 */
export function utf8FromUtf16(encoding: 'utf-16le' | 'utf-16be'): (piece: Buffer, last: boolean) => Buffer {
  let rest = Buffer.alloc(0)
  return (piece, last) => {
    const all = Buffer.concat([rest, piece])
    let whole = all.length & ~1
    // A pair's first half waits for its second.
    if (!last && whole > 0 && isHighSurrogate(all[encoding === 'utf-16le' ? whole - 1 : whole - 2] as number))
      whole -= 2
    rest = last ? Buffer.alloc(0) : all.subarray(whole)
    const units = all.subarray(0, whole)
    if (encoding === 'utf-16be') units.swap16()
    const text = encodeText(units.toString('utf16le'))
    return last && all.length > whole ? Buffer.concat([text, Buffer.of(0xff)]) : text
  }
}

const isHighSurrogate = (byte: number): boolean => byte >= 0xd8 && byte <= 0xdb

function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const parts = Array.from(text, (character) => {
    if (character.isWellFormed()) return Buffer.from(character, 'utf8')
    const unit = character.charCodeAt(0)
    return Buffer.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63))
  })
  return Buffer.concat(parts)
}

/** How many bytes of UTF-16 a stretch of `utf8FromUtf16`'s output was. */
export function utf16Bytes(utf8: Uint8Array): number {
  let units = 0
  for (const byte of utf8) {
    // A character counts at its first byte; one of four bytes is a pair.
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 && byte < 0xf8 ? 2 : 1
  }
  return units * 2
}
