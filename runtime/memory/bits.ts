import type { Column } from './column.ts'

/**
 * Which rows a mask keeps: one bit a row, lowest first, in memory of its own. A null is not kept, and behind the last
 * row no bit is set.
 */
export function keptBits({ type, length, values, validity }: Column): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  if (type.kind === 'null') return bits
  const given = values as Uint8Array
  if (validity) for (let i = 0; i < bits.length; i++) bits[i] = (given[i] as number) & (validity[i] as number)
  // A call of `set` costs more: memory that is shared is copied with care.
  else for (let i = 0; i < bits.length; i++) bits[i] = given[i] as number
  if (length & 7) bits[length >> 3] = (bits[length >> 3] as number) & ((1 << (length & 7)) - 1)
  return bits
}

/**
 * Writes which of `rows` rows have their bit set, ascending, to the start of `into`, and gives how many they are; with
 * `flip` 255, those whose bit is not set. `into` has room for one more than are found: each row is written, and counts
 * when its bit says so, as a branch for each that is guessed wrong costs more than the row.
 */
export function writeRows(bits: Uint8Array, rows: number, into: Int32Array, flip: 0 | 255 = 0): number {
  let count = 0
  const whole = rows >> 3
  for (let at = 0; at < whole; at++) {
    const byte = (bits[at] as number) ^ flip
    if (byte === 0) continue
    const row = at << 3
    into[count] = row
    count += byte & 1
    into[count] = row + 1
    count += (byte >> 1) & 1
    into[count] = row + 2
    count += (byte >> 2) & 1
    into[count] = row + 3
    count += (byte >> 3) & 1
    into[count] = row + 4
    count += (byte >> 4) & 1
    into[count] = row + 5
    count += (byte >> 5) & 1
    into[count] = row + 6
    count += (byte >> 6) & 1
    into[count] = row + 7
    count += byte >> 7
  }
  for (let row = whole << 3; row < rows; row++) {
    into[count] = row
    count += (((bits[row >> 3] as number) ^ flip) >> (row & 7)) & 1
  }
  return count
}

let kept = new Int32Array(8192)

/** The rows as `writeRows` finds them, in memory that this thread's next call writes over. */
export function passingRows(bits: Uint8Array, rows: number, flip: 0 | 255 = 0): Int32Array {
  // Kept, as fresh memory for each batch makes the collector of garbage go over everything that the program holds.
  if (kept.length <= rows) kept = new Int32Array(rows + 1)
  return kept.subarray(0, writeRows(bits, rows, kept, flip))
}
