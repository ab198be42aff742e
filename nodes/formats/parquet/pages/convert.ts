import { notOurs } from './notours.ts'
import type { Shape } from './shape.ts'

type Fixed = Extract<Shape, { kind: 'fixed' }>

/** Makes of `count` words, as they lie in pages, what the column holds; the same bytes where that is the same. */
export function convertFixed(
  words: Uint8Array,
  count: number,
  { from, width, bounds }: Fixed,
  take: (bytes: number) => ArrayBuffer,
): Uint8Array {
  const numbers = new Int32Array(words.buffer, 0, (count * from) / 4)
  if (bounds) checkBounds(numbers, from, bounds)
  if (width === from) return words
  const bytes = new Uint8Array(take(count * width), 0, count * width)
  if (width === 16) widen(new Int32Array(bytes.buffer, 0, count * 4), numbers, from)
  else (width === 1 ? bytes : new Uint16Array(bytes.buffer, 0, count)).set(numbers)
  return bytes
}

/** Values beyond the bounds are cut, refused or infinite in DuckDB: it shall say. */
function checkBounds(numbers: Int32Array, from: 4 | 8, [least, most]: readonly [number, number]): void {
  let outside = false
  if (from === 4) {
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number
      if (value < least || value > most) outside = true
    }
  } else {
    // Of such large numbers no more than their size matters: the nearest double is exact enough.
    for (let i = 0; i < numbers.length; i += 2) {
      const value = (numbers[i + 1] as number) * 2 ** 32 + ((numbers[i] as number) >>> 0)
      if (value < least || value > most) outside = true
    }
  }
  if (outside) notOurs('a number that its type does not hold')
}

/** To 128 bits, as four words, lowest first. */
function widen(target: Int32Array, numbers: Int32Array, from: 4 | 8): void {
  const step = from / 4
  for (let i = 0, at = 0; i < numbers.length; i += step, at += 4) {
    const low = numbers[i] as number
    const high = step === 2 ? (numbers[i + 1] as number) : low >> 31
    target[at] = low
    target[at + 1] = high
    target[at + 2] = target[at + 3] = high >> 31
  }
}
