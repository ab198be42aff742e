import { base, fields, spanEnds, spanStarts, validity, values, words } from './memory'

/** Of the column at work: its first field, the bytes from one row's to the next, its rows. */
export let first: i32 = 0
export let step: i32 = 0
export let rows: i32 = 0
/** Bit n: there is a null text of n bytes; bit 31: of 31 or more. */
let nullLengths: i32 = 0
/** How many rows are null, and how many were left to JavaScript. */
export let nulls: i32 = 0
export let left: i32 = 0

/** Begins a column: no row is null, nothing is left, its values are 0. */
export function begin(place: i32, width: i32, count: i32, lengths: i32, valueBytes: i32): void {
  first = fields + place * 8
  step = width * 8
  rows = count
  nullLengths = lengths
  nulls = 0
  left = 0
  const bytes = (count + 7) >> 3
  memory.fill(validity, 0xff, bytes)
  const last: i32 = (1 << (count & 7)) - 1
  if (last) store<u8>(validity + bytes - 1, <u8>last)
  memory.fill(values, 0, valueBytes)
}

/** Whether a text is one of those that mean null. */
export function isNull(start: i32, length: i32): bool {
  return ((nullLengths >>> min(length, 31)) & 1) !== 0 && isWord(start, length)
}

function isWord(start: i32, length: i32): bool {
  let word = words + 4
  for (let i = load<i32>(words); i > 0; i--) {
    const size = load<i32>(word)
    word += 4
    if (size === length && memory.compare(word, start, size) === 0) return true
    word += size
  }
  return false
}

export function setNull(row: i32): void {
  const byte = validity + (row >> 3)
  const bit: i32 = 1 << (row & 7)
  store<u8>(byte, load<u8>(byte) & <u8>~bit)
  nulls++
}

/** The text of the row at work, without the blanks around it. */
export let start: i32 = 0
export let end: i32 = 0

/** Goes to a row's text; false where it is null. The row counts as done. */
export function trimmed(row: i32): bool {
  const field = first + row * step
  let from = base + (load<i32>(field) >>> 2)
  let to = base + load<i32>(field, 4)
  while (from < to && load<u8>(from) === 32) from++
  while (from < to && load<u8>(to - 1) === 32) to--
  store<i32>(spanEnds + (row << 2), -1)
  start = from
  end = to
  if (!isNull(from, to - from)) return true
  setNull(row)
  return false
}

/** Leaves a row's text to JavaScript. */
export function leave(row: i32): void {
  store<i32>(spanStarts + (row << 2), start - base)
  store<i32>(spanEnds + (row << 2), end - base)
  left++
}
