/** How many bytes a character takes in UTF-8, by its first. */
export const widthOf = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)

/** The code point that begins at `at`; bytes beyond `end` count as 0. */
export function codeAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number
  const more = (i: number): number => (at + i < end ? (bytes[at + i] as number) & 63 : 0)
  if (first < 0xc0) return first
  if (first < 0xe0) return ((first & 31) << 6) | more(1)
  if (first < 0xf0) return ((first & 15) << 12) | (more(1) << 6) | more(2)
  return ((first & 7) << 18) | (more(1) << 12) | (more(2) << 6) | more(3)
}

/** The code point that ends at `end`. */
export function codeBefore(bytes: Uint8Array, start: number, end: number): number {
  return codeAt(bytes, placeBefore(bytes, start, end), end)
}

/** Where the character begins that ends at `end`. */
export function placeBefore(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1
  while (at > start && (bytes[at] as number) >> 6 === 2) at--
  return at
}

/** Whether white space begins at `at`. */
export function isBlankAt(bytes: Uint8Array, at: number, end: number): boolean {
  const byte = bytes[at] as number
  return byte < 128 ? isBlank(byte) : isBlank(codeAt(bytes, at, end))
}

export const isIdeographAt = (bytes: Uint8Array, at: number, end: number): boolean =>
  (bytes[at] as number) >= 0xe3 && isIdeograph(codeAt(bytes, at, end))

/** Behind the white space that begins at `at`, if any. */
export function blanksAfter(bytes: Uint8Array, at: number, end: number): number {
  let place = at
  while (place < end && isBlankAt(bytes, place, end)) place += widthOf(bytes[place] as number)
  return Math.min(place, end)
}

/** Before the white space that ends at `end`, if any. */
export function blanksBefore(bytes: Uint8Array, start: number, end: number): number {
  let place = end
  while (place > start) {
    const before = placeBefore(bytes, start, place)
    if (!isBlankAt(bytes, before, place)) break
    place = before
  }
  return place
}

/** How many code points there are. */
export function countPoints(bytes: Uint8Array, start: number, end: number): number {
  let points = 0
  for (let at = start; at < end; at++) if ((bytes[at] as number) >> 6 !== 2) points++
  return points
}

/** White space as JavaScript's `trim` has it. */
export function isBlank(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13)
  if (code < 0x1680) return code === 0xa0
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff ||
    code === 0x1680
  )
}

/** Han, hiragana and katakana, and their full stops and commas. */
export const isIdeograph = (code: number): boolean =>
  code >= 0x3001 &&
  (code <= 0x30ff ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x20000 && code <= 0x3ffff))

export const isFullStop = (code: number): boolean =>
  code === 0x3002 || code === 0xff01 || code === 0xff1f || code === 0xff0e

/** Commas, stops, closing brackets and small kana marks. */
export const isClosing = (code: number): boolean =>
  isFullStop(code) ||
  code === 0x3001 ||
  code === 0xff0c ||
  code === 0x300d ||
  code === 0x300f ||
  code === 0x30fc ||
  code === 0xff09

/** What may stand between a full stop and the blank: " ' ) ] } » ” ’ */
export const isQuote = (code: number): boolean =>
  code === 34 ||
  code === 39 ||
  code === 41 ||
  code === 93 ||
  code === 125 ||
  code === 0xbb ||
  code === 0x201d ||
  code === 0x2019
