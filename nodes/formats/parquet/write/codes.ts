import { type Column, isValid } from '@headrace/runtime/sdk'
import { int32s, type Room } from './room.ts'

/**
 * Which of a column's gathered values each row's is, where batches bring few values and a code a row: then a value is gathered
 * when a row first has it. Without such batches each row has a value of its own, and nothing is kept here.
 */
export class Codes {
  readonly #room: Room
  /** For each column of few values which of the gathered values its rows are, from 1 on; 0: none yet, -1: null. */
  readonly #known = new Map<Column, Int32Array>()
  /** Values that are gathered. */
  #size = 0
  #used = false

  constructor(room: Room) {
    this.#room = room
  }

  /** The codes of the rows that are not null; null where each has a value of its own. */
  get all(): Uint32Array<ArrayBuffer> | null {
    return this.#used ? new Uint32Array(this.#room.bytes.buffer, 0, this.#room.length >> 2) : null
  }

  /** The next `count` values are gathered one a row. */
  addOwn(count: number): void {
    if (this.#used) this.#count(count)
    this.#size += count
  }

  #count(values: number): void {
    const at = this.#room.take(values * 4) >> 2
    const into = int32s(this.#room)
    for (let i = 0; i < values; i++) into[at + i] = this.#size + i
  }

  /**
   * Adds a row for each of `places` in a column of few values. Clears the bit in `valid` of each that is null, and gives which
   * rows of the column are to be gathered.
   */
  add(column: Column, places: Int32Array, valid: Uint8Array | null): Int32Array {
    if (!this.#used) this.#begin()
    const known = this.#known.get(column) ?? new Int32Array(column.length)
    this.#known.set(column, known)
    const start = this.#room.take(places.length * 4) >> 2
    const into = int32s(this.#room)
    const added: number[] = []
    let nulls = 0
    for (let i = copyKnown(known, places, 0, into, start); i < places.length; ) {
      const row = places[i] as number
      if (known[row] === 0 && isValid(column, row)) {
        known[row] = ++this.#size
        added.push(row)
      } else {
        known[row] = -1
        nulls++
        if (valid) clearBit(valid, i)
        i++
      }
      i = copyKnown(known, places, i, into, start - nulls)
    }
    this.#room.length -= nulls * 4
    return Int32Array.from(added)
  }

  /** Those before were gathered one a row. */
  #begin(): void {
    const before = this.#size
    this.#size = 0
    this.#count(before)
    this.#size = before
    this.#used = true
  }

  clear(): void {
    this.#known.clear()
    this.#room.clear()
    this.#size = 0
    this.#used = false
  }
}

/** Copies the entries of places from number `from` on, up to one that has none; a loop of its own: half of the time. */
function copyKnown(known: Int32Array, places: Int32Array, from: number, into: Int32Array, at: number): number {
  for (let i = from; i < places.length; i++) {
    const entry = known[places[i] as number] as number
    if (entry <= 0) return i
    into[at + i] = entry - 1
  }
  return places.length
}

function clearBit(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] as number) & ~(1 << (at & 7))
}
