import { cut, enough, farthest, firstFree, giveBack, growTo, type Kernels, takeKernels } from '../simd/kernels.ts'
import { longestRecord } from './dialect.ts'
import { slack } from './memory.ts'
import type { Records } from './records.ts'

/** A longer record is left to `Records`. */
const mostAtOnce = 1 << 20

/** How records are cut, and how many at most. `quote`: -1 for none. */
export interface Counting {
  readonly rows: number
  readonly delimiter: number
  readonly quote: number
  readonly blankIsRow: boolean
}

/**
 * Counts records as `Records.take` does, plain ones sixteen bytes at a time in WebAssembly, quoted or not: a gigabyte
 * takes half a second, reading it included. `close` it.
 */
export class RecordCounter {
  readonly #records: Records
  readonly #how: Counting
  readonly #canBePlain: boolean
  readonly #kernels: Kernels = takeKernels()
  /** So much of a text is copied for the kernels at a time. */
  #pieceBytes: number

  constructor(records: Records, how: Counting, pieceBytes = 256 << 10) {
    this.#pieceBytes = pieceBytes
    this.#records = records
    this.#how = how
    const { delimiter, quote } = how
    this.#canBePlain = delimiter !== quote
  }

  /** As `Records.take`. */
  take(bytes: Buffer, end: number, ended: boolean, stop: number): boolean {
    const records = this.#records
    const { rows } = this.#how
    if (records.skipping) records.take(bytes, end, ended, stop)
    // Where most records are not plain, looking ahead only costs.
    let careful = 0
    while (!records.skipping && records.rows < rows && records.at < stop) {
      const { at, record } = records
      const known = Math.min(end, at + this.#pieceBytes)
      const why = this.#canBePlain ? this.#countPlain(bytes, known, stop) : cut
      if (why === enough) break
      if (why === cut && known < end && (records.at > at || this.#pieceBytes < mostAtOnce)) {
        if (records.at === at) this.#pieceBytes *= 2
        continue
      }
      careful = records.record - record > 16 ? careful >> 1 : careful + 2
      const upTo =
        why === cut && known === end ? stop : careful > 64 ? Math.min(stop, records.at + (64 << 10)) : records.at + 1
      if (!records.take(bytes, end, ended, upTo)) return false
    }
    return records.rows >= rows || records.at >= stop
  }

  #countPlain(bytes: Buffer, end: number, stop: number): number {
    const records = this.#records
    const kernels = this.#kernels
    const { at } = records
    const { rows, delimiter, quote, blankIsRow } = this.#how
    growTo(kernels, firstFree + this.#pieceBytes + slack)
    new Uint8Array(kernels.memory.buffer, firstFree, end - at).set(bytes.subarray(at, end))
    // The text lies where its place `at` is the first free byte.
    kernels.place(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, firstFree - at)
    kernels.go(at, records.rows, records.record, records.line)
    const why = kernels.countRecords(end, Math.min(stop, farthest), rows, delimiter, quote, longestRecord, blankIsRow)
    records.at = kernels.at.value
    records.rows = kernels.rows.value
    records.record = kernels.record.value
    records.line = kernels.line.value
    return why
  }

  close(): void {
    giveBack(this.#kernels)
  }
}
