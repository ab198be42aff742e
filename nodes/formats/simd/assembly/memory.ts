/** Where things lie in the memory; the other side lays it out and says so with `place`. Addresses in bytes. */

/** The text: byte 0 of the window. It may be read up to 64 bytes behind its end. */
export let base: i32 = 0
/** For each field `start << 2 | marks` and its end, row by row; as `Records.fields`. */
export let fields: i32 = 0
/** For each record where it starts and ends, its line and its number. */
export let starts: i32 = 0
export let ends: i32 = 0
export let lines: i32 = 0
export let numbers: i32 = 0
/** The texts that are null: how many; for each its length and its bytes. */
export let words: i32 = 0
/** Of a column: where the texts are that a kernel leaves to JavaScript; an end of -1 for all others. */
export let spanStarts: i32 = 0
export let spanEnds: i32 = 0
export let validity: i32 = 0
export let offsets: i32 = 0
/** The values of a column; may be written up to 64 bytes behind its end. */
export let values: i32 = 0

export function place(
  atFields: i32,
  atStarts: i32,
  atEnds: i32,
  atLines: i32,
  atNumbers: i32,
  atWords: i32,
  atSpanStarts: i32,
  atSpanEnds: i32,
  atValidity: i32,
  atOffsets: i32,
  atValues: i32,
  atBase: i32,
): void {
  fields = atFields
  starts = atStarts
  ends = atEnds
  lines = atLines
  numbers = atNumbers
  words = atWords
  spanStarts = atSpanStarts
  spanEnds = atSpanEnds
  validity = atValidity
  offsets = atOffsets
  values = atValues
  base = atBase
}

export const LF: i32 = 10
export const CR: i32 = 13
