type Words = Uint8Array | Uint16Array | Int32Array

/** An array of the largest words, up to 4 bytes, that make up values of `width` bytes, and how many do. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array, width: number): { words: Words; perValue: number } {
  if (width === 1) return { words: new Uint8Array(buffer, byteOffset, byteLength), perValue: 1 }
  if (width === 2) return { words: new Uint16Array(buffer, byteOffset, byteLength / 2), perValue: 1 }
  // Not doubles or bigints: the bits of a NaN stay as they are.
  return { words: new Int32Array(buffer, byteOffset, byteLength / 4), perValue: width / 4 }
}

/** Writes for each row the dictionary's value of `width` bytes that its code names. */
export function gatherFixed(target: Uint8Array, dictionary: Uint8Array, codes: Int32Array, width: number): void {
  const { words: put, perValue } = wordsOf(target, width)
  const { words: from } = wordsOf(dictionary, width)
  if (perValue === 1) gatherOne(put, from, codes)
  else if (perValue === 2) gatherTwo(put as Int32Array, from as Int32Array, codes)
  else
    for (let i = 0; i < codes.length; i++)
      for (let k = 0; k < 4; k++) put[i * 4 + k] = from[(codes[i] as number) * 4 + k] as number
}

function gatherOne(put: Words, from: Words, codes: Int32Array): void {
  for (let i = 0; i < codes.length; i++) put[i] = from[codes[i] as number] as number
}

function gatherTwo(put: Int32Array, from: Int32Array, codes: Int32Array): void {
  for (let i = 0; i < codes.length; i++) {
    const at = (codes[i] as number) * 2
    put[i * 2] = from[at] as number
    put[i * 2 + 1] = from[at + 1] as number
  }
}

/** Writes values to rows `from` to `to` of a page, 0 where a row is null. */
export function spreadFixed(
  target: Uint8Array,
  values: Uint8Array,
  there: Uint8Array,
  places: Int32Array,
  from: number,
  to: number,
  width: number,
): void {
  const { words: put, perValue } = wordsOf(target, width)
  const { words } = wordsOf(values, width)
  for (let row = from, at = 0; row < to; row++) {
    const place = (places[row] as number) * perValue
    const isThere = there[row] === 1
    for (let k = 0; k < perValue; k++, at++) put[at] = isThere ? (words[place + k] as number) : 0
  }
}
