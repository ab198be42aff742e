import { bytesOf, type Column, type Scope, setBit, types } from '@headrace/runtime/sdk'
import { Bytes } from './bytes.ts'
import { type Builder, grown, Present } from './rows.ts'
import type { Scanner } from './scanner.ts'

const leastInt = -(2n ** 63n)
const mostInt = 2n ** 63n - 1n

/** Whole numbers, none of them rounded; `12.0` and `1e3` are whole. */
export class Int64Builder implements Builder {
  readonly type = types.int64
  readonly #path: string
  readonly #present = new Present()
  /** Each number as two halves: a BigInt a value would cost more than reading its digits. */
  #halves = new Int32Array(2048)

  constructor(path: string) {
    this.#path = path
  }

  get length(): number {
    return this.#present.length
  }

  read(scanner: Scanner): boolean {
    const byte = scanner.peek()
    const start = scanner.at
    if (byte !== 45 && (byte < 48 || byte > 57)) return scanner.wrongType(this.#path, 'a whole number', start)
    if (!scanner.takeNumber()) return false
    if (scanner.exact && Number.isSafeInteger(scanner.number))
      this.#put(scanner.number | 0, Math.floor(scanner.number / 2 ** 32), 1)
    else {
      const value = scanner.whole ? BigInt(scanner.bytes.toString('latin1', start, scanner.at)) : null
      if (value === null) return scanner.wrongType(this.#path, 'a whole number', start)
      if (value < leastInt || value > mostInt) return scanner.wrongType(this.#path, 'within int64', start)
      this.#put(Number(BigInt.asIntN(32, value)), Number(value >> 32n), 1)
    }
    return true
  }

  #put(low: number, high: number, present: 0 | 1): void {
    const at = this.length * 2
    if (at + 2 > this.#halves.length) this.#halves = grown(this.#halves, at + 2)
    this.#halves[at] = low
    this.#halves[at + 1] = high
    this.#present.add(present)
  }

  addNull(): void {
    this.#put(0, 0, 0)
  }

  cut(length: number): void {
    this.#present.length = length
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const values = scope.allocate(BigInt64Array, rows.length)
    new Int32Array(values.buffer, values.byteOffset, rows.length * 2).set(this.#halves.subarray(0, rows.length * 2))
    return { type: this.type, ...rows, offsets: null, values, children: [] }
  }
}

/** Numbers, to the nearest double. */
export class Float64Builder implements Builder {
  readonly type = types.float64
  readonly #path: string
  readonly #present = new Present()
  #values = new Float64Array(1024)

  constructor(path: string) {
    this.#path = path
  }

  get length(): number {
    return this.#present.length
  }

  read(scanner: Scanner): boolean {
    const byte = scanner.peek()
    const start = scanner.at
    if (byte !== 45 && (byte < 48 || byte > 57)) return scanner.wrongType(this.#path, 'a number', start)
    if (!scanner.takeNumber()) return false
    if (!Number.isFinite(scanner.number)) return scanner.wrongType(this.#path, 'within float64', start)
    this.#put(scanner.number, 1)
    return true
  }

  #put(value: number, present: 0 | 1): void {
    if (this.length === this.#values.length) this.#values = grown(this.#values, this.length + 1)
    this.#values[this.length] = value
    this.#present.add(present)
  }

  addNull(): void {
    this.#put(0, 0)
  }

  cut(length: number): void {
    this.#present.length = length
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const values = scope.allocate(Float64Array, rows.length)
    values.set(this.#values.subarray(0, rows.length))
    return { type: this.type, ...rows, offsets: null, values, children: [] }
  }
}

export class BoolBuilder implements Builder {
  readonly type = types.bool
  readonly #path: string
  readonly #present = new Present()
  #values = new Uint8Array(1024)

  constructor(path: string) {
    this.#path = path
  }

  get length(): number {
    return this.#present.length
  }

  read(scanner: Scanner): boolean {
    const byte = scanner.peek()
    if (byte !== 116 && byte !== 102) return scanner.wrongType(this.#path, 'true or false', scanner.at)
    if (!scanner.word(byte === 116 ? 'true' : 'false')) return false
    this.#put(byte === 116 ? 1 : 0, 1)
    return true
  }

  #put(value: 0 | 1, present: 0 | 1): void {
    if (this.length === this.#values.length) this.#values = grown(this.#values, this.length + 1)
    this.#values[this.length] = value
    this.#present.add(present)
  }

  addNull(): void {
    this.#put(0, 0)
  }

  cut(length: number): void {
    this.#present.length = length
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const values = scope.bits(rows.length)
    for (let row = 0; row < rows.length; row++) if (this.#values[row]) setBit(values, row)
    return { type: this.type, ...rows, offsets: null, values, children: [] }
  }
}

/** Texts as UTF-8; with `anything`, what is no text is its JSON text as it stands. */
export class TextBuilder implements Builder {
  readonly type = types.string
  readonly #path: string
  readonly #anything: boolean
  readonly #present = new Present()
  readonly #bytes = new Bytes()
  #offsets = new Int32Array(1025)

  constructor(path: string, anything: boolean) {
    this.#path = path
    this.#anything = anything
  }

  get length(): number {
    return this.#present.length
  }

  read(scanner: Scanner): boolean {
    if (scanner.peek() === 34) {
      if (!scanner.takeText(this.#bytes)) return false
    } else {
      const start = scanner.at
      if (!this.#anything) return scanner.wrongType(this.#path, 'a text', start)
      if (!scanner.skipValue()) return false
      this.#bytes.room(scanner.at - start)
      scanner.bytes.copy(this.#bytes.bytes, this.#bytes.end, start, scanner.at)
      this.#bytes.end += scanner.at - start
    }
    this.#add(1)
    return true
  }

  #add(present: 0 | 1): void {
    this.#present.add(present)
    if (this.length >= this.#offsets.length) this.#offsets = grown(this.#offsets, this.length + 1)
    this.#offsets[this.length] = this.#bytes.end
  }

  addNull(): void {
    this.#bytes.end = this.#offsets[this.length] as number
    this.#add(0)
  }

  cut(length: number): void {
    this.#present.length = length
    this.#bytes.end = this.#offsets[length] as number
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const offsets = scope.allocate(Int32Array, rows.length + 1)
    offsets.set(this.#offsets.subarray(0, rows.length + 1))
    const end = offsets[rows.length] as number
    const values = scope.allocate(Uint8Array, end)
    values.set(this.#bytes.bytes.subarray(0, end))
    this.#bytes.end = 0
    return { type: this.type, ...rows, offsets, values, children: [] }
  }
}

/** Bytes written as base64 in a text. */
export class BinaryBuilder implements Builder {
  readonly type = types.binary
  readonly #path: string
  readonly #present = new Present()
  readonly #text = new Bytes()
  readonly #parts: Uint8Array[] = []

  constructor(path: string) {
    this.#path = path
  }

  get length(): number {
    return this.#parts.length
  }

  read(scanner: Scanner): boolean {
    const start = scanner.at
    if (scanner.peek() !== 34) return scanner.wrongType(this.#path, 'a text in base64', start)
    this.#text.end = 0
    if (!scanner.takeText(this.#text)) return false
    const text = Buffer.from(this.#text.bytes.buffer, 0, this.#text.end).toString('latin1')
    if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return scanner.wrongType(this.#path, 'base64', start)
    this.#parts.push(Buffer.from(text, 'base64'))
    this.#present.add(1)
    return true
  }

  addNull(): void {
    this.#parts.push(new Uint8Array(0))
    this.#present.add(0)
  }

  cut(length: number): void {
    this.#parts.length = length
    this.#present.length = length
  }

  finish(scope: Scope): Column {
    const rows = this.#present.finish(scope)
    const column = { type: this.type, ...rows, ...bytesOf(scope, this.#parts), children: [] }
    this.#parts.length = 0
    return column
  }
}
