import { cut, enough, farthest } from '../simd/kernels.ts'
import { longestRecord } from './dialect.ts'
import { CsvMemory } from './memory.ts'
import { Records } from './records.ts'
import type { Window } from './window.ts'

/**
 * Takes records from a window as `Records` does, plain ones sixteen bytes at a time in WebAssembly: a tenth of the
 * time. One that is not (ragged, an empty line, a lone CR, quotes that are wrong) is left to `Records`, which knows the
 * whole grammar; a property test holds the two together.
 */
export class Scanner {
  readonly records: Records
  readonly memory: CsvMemory
  readonly #options: ScanOptions
  readonly #pieceBytes: number
  /** Not where a quote is the delimiter, too: a file may say `sep="`. */
  readonly #canBePlain: boolean

  constructor(options: ScanOptions) {
    const { maxRows, width, textBytes, nulls, delimiter, quote } = options
    this.#pieceBytes = options.pieceBytes ?? 256 << 10
    this.memory = new CsvMemory({ rows: maxRows, width, textBytes: textBytes + this.#pieceBytes, nulls })
    this.records = new Records({ ...options, places: this.memory.places })
    this.#options = options
    this.#canBePlain = delimiter !== quote
  }

  /** As `Records.take`. */
  take({ bytes, end, ended }: Pick<Window, 'bytes' | 'end' | 'ended'>, stop: number): boolean {
    const { records } = this
    const { maxRows } = this.#options
    if (records.skipping) return records.take(bytes, end, ended, stop)
    let piece = this.#pieceBytes
    // Where most records are not plain, looking ahead only costs.
    let careful = 0
    while (records.rows < maxRows && records.at < stop) {
      const { at, rows } = records
      const most = Math.min(end, this.memory.textBytes)
      const known = Math.min(most, at + piece)
      const why = this.#takePlain(bytes, known, stop)
      if (why === enough) return true
      if (why === cut && known < most) {
        if (records.at === at) piece *= 2
        continue
      }
      careful = records.rows - rows > 16 ? careful >> 1 : careful + 2
      const last = why === cut && known === end
      const upTo = last ? stop : careful > 64 ? Math.min(stop, records.at + (64 << 10)) : records.at + 1
      if (!records.take(bytes, end, ended, upTo)) return false
      if (records.skipping) return true
    }
    return true
  }

  #takePlain(bytes: Buffer, end: number, stop: number): number {
    const { records } = this
    if (!this.#canBePlain || records.at >= end) return cut
    const { maxRows, width, delimiter, quote, maxBytes, blankIsRow } = this.#options
    const { kernels } = this.memory
    this.memory.copy(bytes, end)
    kernels.go(records.at, records.rows, records.record, records.line)
    const most = Math.min(maxBytes, longestRecord)
    const why = kernels.takeRecords(end, Math.min(stop, farthest), maxRows, width, delimiter, quote, most, blankIsRow)
    records.at = kernels.at.value
    records.rows = kernels.rows.value
    records.record = kernels.record.value
    records.line = kernels.line.value
    return why
  }

  /** The kernels' memory with the text of what was taken; null where there is no room for it. */
  filled(bytes: Buffer): CsvMemory | null {
    const { at } = this.records
    if (at > this.memory.textBytes) return null
    this.memory.copy(bytes, at)
    return this.memory
  }

  /** Forgets what was taken; the window goes on behind it. */
  drop(window: Window): void {
    window.drop(this.records.at)
    this.records.at = 0
    this.memory.forget()
  }
}

export interface ScanOptions {
  readonly delimiter: number
  readonly quote: number
  readonly width: number
  readonly maxRows: number
  readonly maxBytes: number
  readonly blankIsRow: boolean
  readonly record?: number
  readonly line?: number
  /** The bytes of a batch, usually. */
  readonly textBytes: number
  /** The texts that are null. */
  readonly nulls: readonly string[]
  /** So much of a text is copied for the kernels at a time; changes nothing else. */
  readonly pieceBytes?: number
}
