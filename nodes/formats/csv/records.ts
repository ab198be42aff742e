import { longestRecord } from './dialect.ts'

// Constants of this file: one that is imported costs a look-up for each byte where a test runner rewrites imports.
const LF = 10
const CR = 13

/** A record that cannot be a row. */
export interface BadRecord {
  readonly record: number
  readonly line: number
  readonly start: number
  readonly end: number
  readonly code: 'ragged-row' | 'unclosed-quote' | 'text-after-quote' | 'row-too-large'
  readonly fields: number
}

/** Where records and their fields are. */
export interface RecordPlaces {
  /** Two numbers a field, `width` fields a row: `start << 2 | marks`, end. */
  readonly fields: Int32Array
  /** For each row where its record starts and ends, on which line it starts, and its number in the file. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly lines: Float64Array
  readonly numbers: Float64Array
}

/** Marks in a field's start, below its position (`start << 2`). */
export const quoted = 1
export const doubled = 2

/**
 * Cuts bytes into records and fields: the one place that knows the grammar, for reading and for planning splits.
 *
 * A record ends with LF, CRLF or CR. A quote counts only as a field's first byte; inside, two quotes are one. A quote
 * that is never closed, or that closes before other text after having passed a line's end, opened by mistake: the
 * record is then its line alone, and the lines after it are read as records of their own. An empty line is no record,
 * but where there is one column it is a row with an empty field.
 */
export class Records implements RecordPlaces {
  readonly fields: Int32Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly lines: Float64Array
  readonly numbers: Float64Array
  rows = 0
  /** The next record: where it starts, its number in the file and its line, both from 1. */
  at = 0
  record: number
  line: number
  bad: BadRecord[] = []
  /** With `width` 0: how many fields the last record has; -1 where its quotes are wrong. */
  fieldsOfLast = 0
  readonly width: number
  readonly #delimiter: number
  readonly #quote: number
  readonly #maxRows: number
  readonly #maxBytes: number
  readonly #blankIsRow: boolean
  /** Inside a line that is longer than any record may be; its bad record is reported already. */
  skipping = false

  /** `width` 0 only counts: a record may have any number of fields, every one counts as a row, none is kept. */
  constructor(options: {
    delimiter: number
    quote: number
    width: number
    maxRows: number
    maxBytes: number
    blankIsRow: boolean
    record?: number
    line?: number
    /** Where what is found is kept. */
    places?: RecordPlaces
  }) {
    this.width = options.width
    this.#delimiter = options.delimiter
    this.#quote = options.quote
    this.#maxRows = options.maxRows
    this.#maxBytes = Math.min(options.maxBytes, longestRecord)
    this.#blankIsRow = options.blankIsRow
    this.record = options.record ?? 1
    this.line = options.line ?? 1
    const { fields, starts, ends, lines, numbers } = options.places ?? newPlaces(this.width, options.maxRows)
    this.fields = fields
    this.starts = starts
    this.ends = ends
    this.lines = lines
    this.numbers = numbers
  }

  /**
   * Takes records from `at` until `maxRows` rows or `stop` are reached (true), or the bytes before `end` hold no more
   * whole record (false: call again with more). A line longer than any record ends the batch too, so that its bytes can
   * go; so does the end of that line. `ended`: nothing comes after `end`. Writes a newline to `bytes[end]`.
   */
  take(bytes: Uint8Array, end: number, ended: boolean, stop: number): boolean {
    const { fields, width } = this
    const delimiter = this.#delimiter
    const quote = this.#quote
    const maxRows = this.#maxRows
    // The loops below need no other check for the end.
    bytes[end] = LF
    if (this.skipping) return this.#skip(bytes, end, ended)
    let at = this.at
    let rows = this.rows
    while (rows < maxRows && at < stop) {
      const start = at
      let column = 0
      let slot = rows * width * 2
      let lines = 1
      let code: BadRecord['code'] | null = null
      let byte = bytes[at] as number
      for (;;) {
        if (byte === quote) {
          const open = at++
          const linesBefore = lines
          let marks = quoted
          for (;;) {
            byte = bytes[at] as number
            if (byte === quote) {
              if (bytes[at + 1] !== quote) break
              marks = quoted | doubled
              at++
            } else if (byte === LF) {
              if (at >= end) break
              if (bytes[at - 1] !== CR) lines++
            } else if (byte === CR) {
              lines++
            }
            at++
          }
          if (at >= end && !ended && end - open < longestRecord) return this.#pause(bytes, start, rows, end)
          let closed = at < end && at - open < longestRecord
          const close = at++
          byte = bytes[at] as number
          if (closed && byte !== delimiter && byte !== LF && byte !== CR) {
            if (lines > linesBefore) closed = false
            else {
              code ??= 'text-after-quote'
              while (byte !== delimiter && byte !== LF && byte !== CR) byte = bytes[++at] as number
            }
          }
          if (!closed) {
            code = 'unclosed-quote'
            lines = linesBefore
            at = open
            while ((byte = bytes[at] as number) !== LF && byte !== CR) at++
          }
          if (column < width) {
            fields[slot] = ((open + 1) << 2) | marks
            fields[slot + 1] = close
          }
        } else {
          const first = at
          while (byte !== delimiter && byte !== LF && byte !== CR) byte = bytes[++at] as number
          if (column < width) {
            fields[slot] = first << 2
            fields[slot + 1] = at
          }
        }
        column++
        slot += 2
        if (byte !== delimiter) break
        byte = bytes[++at] as number
      }
      if (!ended && (at >= end || (byte === CR && at + 1 >= end))) return this.#pause(bytes, start, rows, end)
      if (at >= end && start >= end) break
      if (at - start > longestRecord) {
        this.rows = rows
        this.at = start
        this.#beginSkip(start, longestRecord)
        return true
      }
      const after = at >= end ? end : byte === CR && at + 1 < end && bytes[at + 1] === LF ? at + 2 : at + 1
      if (at === start && !this.#blankIsRow) {
        this.line++
        at = after
        continue
      }
      if (code === null && at - start > this.#maxBytes) code = 'row-too-large'
      if (width === 0) {
        this.fieldsOfLast = code === null ? column : -1
        rows++
      } else if (code === null && column === width) {
        this.starts[rows] = start
        this.ends[rows] = at
        this.lines[rows] = this.line
        this.numbers[rows] = this.record
        rows++
      } else {
        code ??= 'ragged-row'
        this.bad.push({ record: this.record, line: this.line, start, end: at, code, fields: column })
      }
      this.record++
      this.line += lines
      at = after
    }
    this.at = Math.min(at, end)
    this.rows = rows
    return rows >= maxRows || at >= stop
  }

  /** The record that begins at `start` does not end in these bytes. */
  #pause(bytes: Uint8Array, start: number, rows: number, end: number): boolean {
    this.at = start
    this.rows = rows
    if (end - start > longestRecord) this.#beginSkip(start, longestRecord)
    // A quote may hide lines, which are seen only when the whole record is there; without one the line is the record.
    else if (end - start > this.#maxBytes && !this.#quoteIn(bytes, start)) this.#beginSkip(start, this.#maxBytes)
    return this.skipping
  }

  #quoteIn(bytes: Uint8Array, start: number): boolean {
    const { buffer, byteOffset } = bytes
    return this.#quote >= 0 && Buffer.from(buffer, byteOffset + start, this.#maxBytes).includes(this.#quote)
  }

  #beginSkip(start: number, length: number): void {
    const { record, line } = this
    if (this.width === 0) this.rows++
    else this.bad.push({ record, line, start, end: start + length, code: 'row-too-large', fields: 0 })
    this.record++
    this.at = start + length
    this.skipping = true
  }

  /** Goes on after the next newline; false where it is not in these bytes. */
  #skip(bytes: Uint8Array, end: number, ended: boolean): boolean {
    let at = this.at
    while (bytes[at] !== LF && bytes[at] !== CR) at++
    const split = bytes[at] === CR && at + 1 >= end
    if (!ended && (at >= end || split)) {
      this.at = Math.min(at, end)
      return false
    }
    this.at = Math.min(end, bytes[at] === CR && bytes[at + 1] === LF && at + 1 < end ? at + 2 : at + 1)
    this.line++
    this.skipping = false
    return true
  }
}

function newPlaces(width: number, maxRows: number): RecordPlaces {
  const kept = width ? maxRows : 0
  return {
    fields: new Int32Array(kept * width * 2),
    starts: new Int32Array(kept),
    ends: new Int32Array(kept),
    lines: new Float64Array(kept),
    numbers: new Float64Array(kept),
  }
}
