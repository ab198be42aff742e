import { type ArrayType, letGo, type Scope, type TypedArray } from '@headrace/runtime/sdk'
import { firstFree, giveBack, growTo, type Kernels, takeKernels } from '../simd/kernels.ts'
import type { RecordPlaces } from './records.ts'

/** Kernels read and write up to so many bytes behind a text. */
export const slack = 64

/**
 * A text, the places of its records and one column's values in the kernels' memory. The text is a copy of a window's:
 * 60 µs for a megabyte, against a millisecond for what is done with it.
 */
export class CsvMemory {
  kernels: Kernels
  readonly #rows: number
  readonly #width: number
  readonly #words: Buffer
  readonly #nullLengths: number
  readonly #usualBytes: number
  #textBytes: number
  #text = 0
  /** How much of the window's text is here. */
  #copied = 0
  #spanStarts = 0
  #spanEnds = 0
  #validity = 0
  #offsets = 0
  #values = 0
  /** Made anew where the memory grows. */
  places: RecordPlaces

  /** `textBytes`: as long as the text usually is. `nulls`: the texts that are null. */
  constructor(options: { rows: number; width: number; textBytes: number; nulls: readonly string[] }) {
    this.kernels = takeKernels()
    this.#rows = options.rows
    this.#width = options.width
    this.#textBytes = this.#usualBytes = options.textBytes
    this.#words = wordTable(options.nulls)
    this.#nullLengths = lengthBits(options.nulls)
    this.places = this.#layOut()
  }

  #layOut(): RecordPlaces {
    const rows = this.#rows
    const { kernels } = this
    let free = firstFree
    const take = (bytes: number) => {
      const at = free
      free += (bytes + 15) & ~15
      return at
    }
    const words = take(this.#words.length)
    const fields = take(rows * this.#width * 8)
    const [starts, ends, lines, numbers] = [take(rows * 4), take(rows * 4), take(rows * 8), take(rows * 8)]
    this.#spanStarts = take(rows * 4)
    this.#spanEnds = take(rows * 4)
    this.#validity = take((rows + 7) >> 3)
    this.#offsets = take((rows + 1) * 4)
    this.#values = take(Math.max(rows * 16, this.#textBytes) + slack)
    this.#text = take(this.#textBytes + slack)
    this.#copied = 0
    growTo(kernels, free)
    const column = [this.#spanStarts, this.#spanEnds, this.#validity, this.#offsets, this.#values] as const
    kernels.place(fields, starts, ends, lines, numbers, words, ...column, this.#text)
    const { buffer } = kernels.memory
    new Uint8Array(buffer).set(this.#words, words)
    return {
      fields: new Int32Array(buffer, fields, rows * this.#width * 2),
      starts: new Int32Array(buffer, starts, rows),
      ends: new Int32Array(buffer, ends, rows),
      lines: new Float64Array(buffer, lines, rows),
      numbers: new Float64Array(buffer, numbers, rows),
    }
  }

  /** Copies a window's text up to a place; true where the memory grew: places and views are then made anew. */
  copy(bytes: Uint8Array, upTo: number): boolean {
    if (upTo <= this.#copied) return false
    const grows = upTo > this.#textBytes
    if (grows) {
      this.#textBytes = Math.max(upTo, this.#textBytes * 2)
      // What was found lies before the text and stays where it is.
      this.places = this.#layOut()
    }
    const from = this.#copied
    new Uint8Array(this.kernels.memory.buffer, this.#text + from, upTo - from).set(bytes.subarray(from, upTo))
    this.#copied = upTo
    return grows
  }

  /** The window has moved on. After a long record the memory is as small as before; true where it was made anew. */
  forget(): boolean {
    this.#copied = 0
    if (this.#textBytes <= this.#usualBytes * 4) return false
    letGo(this.kernels.memory.buffer.byteLength)
    this.kernels = takeKernels()
    this.#textBytes = this.#usualBytes
    this.places = this.#layOut()
    return true
  }

  /** Begins a column: values of so many bytes, all 0. */
  begin(place: number, rows: number, valueBytes: number): void {
    this.kernels.begin(place, this.#width, rows, this.#nullLengths, valueBytes)
  }

  /** The column's nulls, and the bits of the rows that are none. */
  nulls(rows: number, scope: Scope): { nulls: number; validity: Uint8Array | null } {
    const nulls = this.kernels.nulls.value
    if (nulls === 0) return { nulls, validity: null }
    const validity = scope.allocate(Uint8Array, (rows + 7) >> 3)
    validity.set(new Uint8Array(this.kernels.memory.buffer, this.#validity, validity.length))
    return { nulls, validity }
  }

  /** Where the texts are that a kernel left; an end of -1 for the others. */
  get spans(): { starts: Int32Array; ends: Int32Array } {
    const { buffer } = this.kernels.memory
    return {
      starts: new Int32Array(buffer, this.#spanStarts, this.#rows),
      ends: new Int32Array(buffer, this.#spanEnds, this.#rows),
    }
  }

  /** Where the column's texts begin in its values, and the end of the last. */
  offsets(rows: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, this.#offsets, rows + 1)
  }

  /** The column's values; a view for now. */
  values<T extends TypedArray>(type: ArrayType<T>, length: number): T {
    return new type(this.kernels.memory.buffer, this.#values, length)
  }

  close(): void {
    giveBack(this.kernels)
  }
}

/** Texts as the kernels look them up: how many; for each its length and its bytes. Numbers of 4 bytes. */
function wordTable(texts: readonly string[]): Buffer {
  const number = (value: number) => Buffer.from(Int32Array.of(value).buffer)
  const words = texts.map((text) => Buffer.from(text))
  return Buffer.concat([number(words.length), ...words.flatMap((word) => [number(word.length), word])])
}

/** Bit n: there is a text of n bytes; bit 31: of 31 or more. */
const lengthBits = (texts: readonly string[]): number =>
  texts.reduce((bits, text) => bits | (1 << Math.min(31, Buffer.byteLength(text))), 0)
