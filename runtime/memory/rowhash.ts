import type { Checksum } from './identity.ts'

/**
 * One row's hash: FNV-like mixing of its origin's (`seed`), its number and the places of its pieces, with the finaliser
 * of MurmurHash3 (`finished`). Ledgers keep sums of them: how they are made never changes.
 */
export function hashOfNumber(seed: number, number: number): number {
  return Math.imul(seed ^ (number | 0), 0x9e3779b1) ^ highPart(number)
}

/** What the number's digits beyond 32 bits change. */
const highPart = (number: number): number => Math.imul((number * perHigh) | 0, 0x85ebca6b)

const perHigh = 2 ** -32

export const mixPlace = (hash: number, place: number): number => Math.imul(hash ^ (hash >>> 15) ^ place, 0xc2b2ae35)

/** The finaliser of MurmurHash3. */
export function finished(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** What a row's hash adds to the second sum. */
export const second = (hash: number): number => Math.imul(hash ^ 0x5bd1e995, hash >>> 7)

/** The checksum of rows of one file, without pieces, by their numbers. */
export function sumOfNumbers(seed: number, numbers: Float64Array): Checksum {
  let a = 0
  let b = 0
  for (let row = 0; row < numbers.length; row++) {
    const hash = finished(hashOfNumber(seed, numbers[row] as number))
    a = (a + hash) | 0
    b = (b + second(hash)) | 0
  }
  return { a, b }
}

/** The checksum of rows whose numbers follow one another from `first`. */
export function sumOfRange(seed: number, first: number, rows: number): Checksum {
  if (!alikeAbove(first, rows))
    return sumOfNumbers(
      seed,
      Float64Array.from({ length: rows }, (_, row) => first + row),
    )
  const [low, high] = [first | 0, highPart(first)]
  let a = 0
  let b = 0
  for (let row = 0; row < rows; row++) {
    const hash = finished(Math.imul(seed ^ (low + row), 0x9e3779b1) ^ high)
    a = (a + hash) | 0
    b = (b + second(hash)) | 0
  }
  return { a, b }
}

/** The checksum of `chosen` rows, from 0 and ascending, of those whose numbers follow one another from `first`. */
export function sumOfChosen(seed: number, first: number, chosen: Int32Array): Checksum {
  if (!alikeAbove(first, chosen.at(-1) ?? 0))
    return sumOfNumbers(
      seed,
      Float64Array.from(chosen, (row) => first + row),
    )
  const [low, high] = [first | 0, highPart(first)]
  let a = 0
  let b = 0
  for (let i = 0; i < chosen.length; i++) {
    const hash = finished(Math.imul(seed ^ (low + (chosen[i] as number)), 0x9e3779b1) ^ high)
    a = (a + hash) | 0
    b = (b + second(hash)) | 0
  }
  return { a, b }
}

/** Whether numbers differ in their low 32 bits only: then a loop over whole numbers of 32 bits takes half of the time. */
const alikeAbove = (first: number, rows: number): boolean => highPart(first) === highPart(first + rows)
