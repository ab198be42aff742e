import type { ArrayType, Scope, TypedArray } from '@headrace/runtime/sdk'
import { firstFree, giveBack, growTo, takeKernels } from '../simd/kernels.ts'
import type { RecordPlaces } from './records.ts'

/** Kernels read and write up to so many bytes behind a text. */
export const slack = 64

/**
 * A text, the places of its records and one column's values in the kernels' memory. The text is a copy of a window's:
 * 60 µs for a megabyte, against a millisecond for what is done with it.
 */
export class CsvMemory {
  readonly kernels = takeKernels()
  /** The longest text that there is room for. */
  readonly textBytes: number
  readonly places: RecordPlaces
  readonly #width: number
  readonly #nullLengths: number
  /** How much of the window's text is here. */
  #copied = 0
  readonly #text: Uint8Array
  readonly #spans: { readonly starts: Int32Array; readonly ends: Int32Array }
  readonly #validity: Uint8Array
  readonly #offsets: Int32Array
  readonly #values: number

  /** `nulls`: the texts that are null. */
  constructor(options: { rows: number; width: number; textBytes: number; nulls: readonly string[] }) {
    const { rows, width, textBytes, nulls } = options
    this.textBytes = textBytes
    this.#width = width
    this.#nullLengths = lengthBits(nulls)
    const words = wordTable(nulls)
    let free = firstFree
    const take = (bytes: number) => {
      const at = free
      free += (bytes + 15) & ~15
      return at
    }
    const atWords = take(words.length)
    const fields = take(rows * width * 8)
    const [starts, ends, lines, numbers] = [take(rows * 4), take(rows * 4), take(rows * 8), take(rows * 8)]
    const [spanStarts, spanEnds, validity, offsets] = [
      take(rows * 4),
      take(rows * 4),
      take((rows + 7) >> 3),
      take(rows * 4 + 4),
    ]
    const values = take(Math.max(rows * 16, textBytes) + slack)
    const text = take(textBytes + slack)
    growTo(this.kernels, free)
    this.kernels.place(
      fields,
      starts,
      ends,
      lines,
      numbers,
      atWords,
      spanStarts,
      spanEnds,
      validity,
      offsets,
      values,
      text,
    )
    const { buffer } = this.kernels.memory
    new Uint8Array(buffer).set(words, atWords)
    this.places = {
      fields: new Int32Array(buffer, fields, rows * width * 2),
      starts: new Int32Array(buffer, starts, rows),
      ends: new Int32Array(buffer, ends, rows),
      lines: new Float64Array(buffer, lines, rows),
      numbers: new Float64Array(buffer, numbers, rows),
    }
    this.#spans = { starts: new Int32Array(buffer, spanStarts, rows), ends: new Int32Array(buffer, spanEnds, rows) }
    this.#validity = new Uint8Array(buffer, validity, (rows + 7) >> 3)
    this.#offsets = new Int32Array(buffer, offsets, rows + 1)
    this.#values = values
    this.#text = new Uint8Array(buffer, text, textBytes)
  }

  /** Copies a window's text up to a place. */
  copy(bytes: Uint8Array, upTo: number): void {
    if (upTo <= this.#copied) return
    this.#text.set(bytes.subarray(this.#copied, upTo), this.#copied)
    this.#copied = upTo
  }

  /** The window has moved on. */
  forget(): void {
    this.#copied = 0
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
    validity.set(this.#validity.subarray(0, validity.length))
    return { nulls, validity }
  }

  /** Where the texts are that a kernel left; an end of -1 for the others. */
  get spans(): { readonly starts: Int32Array; readonly ends: Int32Array } {
    return this.#spans
  }

  /** Where the column's texts begin in its values, and the end of the last. */
  offsets(rows: number): Int32Array {
    return this.#offsets.subarray(0, rows + 1)
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
