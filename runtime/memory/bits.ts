import type { Column } from './column.ts'
import { setBit } from './gather.ts'
import type { Scope } from './scope.ts'

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

/** The bits of the rows that are named, of `length`; throws where one is none of them. */
export function bitsOf(rows: Iterable<number>, length: number): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  for (const row of rows) {
    if (!Number.isInteger(row) || row < 0 || row >= length)
      throw new RangeError(`row ${row} is rejected of a batch of ${length}`)
    setBit(bits, row)
  }
  return bits
}

/** The bits of the rows that `bits` does not have. */
export function otherBits(bits: Uint8Array, rows: number): Uint8Array {
  const others = bits.map((byte) => ~byte)
  if (rows & 7) others[rows >> 3] = (others[rows >> 3] as number) & ((1 << (rows & 7)) - 1)
  return others
}

/** Those of `bits` that `seen` does not have, which has them from then on: `bits` itself where that is all of them. */
export function newBits(bits: Uint8Array, seen: Uint8Array): Uint8Array {
  let again = 0
  for (let i = 0; i < bits.length; i++) again |= (bits[i] as number) & (seen[i] as number)
  const first = again ? bits.map((byte, i) => byte & ~(seen[i] as number)) : bits
  for (let i = 0; i < bits.length; i++) seen[i] = (seen[i] as number) | (bits[i] as number)
  return first
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

/** Rows that were chosen, by their bits, their places, and the places of the smaller side: of these or of the others. */
export interface Chosen {
  readonly bits: Uint8Array
  readonly rows: Int32Array
  /** In memory that this thread's next choice writes over. */
  readonly fewer: Int32Array
}

/**
 * The `count` of `rows` rows whose bit is set, in the scope's memory: fresh memory for each batch makes the collector
 * of garbage go over all that the program holds.
 */
export function chooseRows(scope: Scope, bits: Uint8Array, rows: number, count: number): Chosen {
  const found = scope.allocate(Int32Array, count + 1)
  const chosen = found.subarray(0, count)
  if (count * 2 <= rows) {
    writeRows(bits, rows, found)
    return { bits, rows: chosen, fewer: chosen }
  }
  const others = room(rows - count + 1)
  partRows(bits, rows, found, others)
  return { bits, rows: chosen, fewer: others.subarray(0, rows - count) }
}

/** As `writeRows`, with the rows whose bit is not set written to `others` on the way, which has room for one more, too. */
function partRows(bits: Uint8Array, rows: number, into: Int32Array, others: Int32Array): void {
  let count = 0
  const whole = rows >> 3
  for (let at = 0; at < whole; at++) {
    const byte = bits[at] as number
    const row = at << 3
    into[count] = others[row - count] = row
    count += byte & 1
    into[count] = others[row + 1 - count] = row + 1
    count += (byte >> 1) & 1
    into[count] = others[row + 2 - count] = row + 2
    count += (byte >> 2) & 1
    into[count] = others[row + 3 - count] = row + 3
    count += (byte >> 3) & 1
    into[count] = others[row + 4 - count] = row + 4
    count += (byte >> 4) & 1
    into[count] = others[row + 5 - count] = row + 5
    count += (byte >> 5) & 1
    into[count] = others[row + 6 - count] = row + 6
    count += (byte >> 6) & 1
    into[count] = others[row + 7 - count] = row + 7
    count += byte >> 7
  }
  for (let row = whole << 3; row < rows; row++) {
    into[count] = others[row - count] = row
    count += ((bits[row >> 3] as number) >> (row & 7)) & 1
  }
}

let scratch = new Int32Array(8192)

function room(rows: number): Int32Array {
  if (scratch.length < rows) scratch = new Int32Array(rows)
  return scratch
}

/** The rows as `writeRows` finds them, in memory that this thread's next choice writes over. */
export function passingRows(bits: Uint8Array, rows: number, flip: 0 | 255 = 0): Int32Array {
  const found = room(rows + 1)
  return found.subarray(0, writeRows(bits, rows, found, flip))
}
