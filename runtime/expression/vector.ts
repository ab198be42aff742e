import { type Batch, bitAt, type Column, decodeText, type Scope, setBit, valueAt } from '../memory/index.ts'
import type { ColumnType } from '../pipeline/types.ts'
import { normalValue } from './row.ts'
import type { RowFailure, Value } from './tree.ts'

/** One bit a row, lowest first; as a validity, null says that every row has a value. */
export type Bits = Uint8Array

/**
 * The values of a part of an expression in the rows of a batch. Whole numbers, times and timestamps are doubles
 * (`number`) while all of the batch lie within 2^53, else bigints (`big`). Texts stay UTF-8 (`bytes`) until somebody
 * needs them as strings. What lies at a row without a value is undefined.
 */
export type Vector =
  | { readonly form: 'none' }
  | { readonly form: 'bool'; readonly values: Bits; readonly valid: Bits | null }
  | { readonly form: 'number'; readonly values: Float64Array; readonly valid: Bits | null }
  | { readonly form: 'big'; readonly values: ArrayLike<bigint>; readonly valid: Bits | null }
  | {
      readonly form: 'bytes'
      readonly offsets: Int32Array
      readonly bytes: Uint8Array
      readonly valid: Bits | null
      /** The same as strings, where somebody has them. */
      readonly texts?: readonly string[]
    }
  | { readonly form: 'texts'; readonly values: readonly string[]; readonly valid: Bits | null }
  | { readonly form: 'values'; readonly values: readonly Value[]; readonly valid: Bits | null }
  | { readonly form: 'column'; readonly column: Column; readonly valid: Bits | null }

export type VectorOf<Form extends Vector['form']> = Extract<Vector, { readonly form: Form }>

/** One batch's evaluation. */
export interface Frame {
  /** null where a part without columns is worked out before a run. */
  readonly batch: Pick<Batch, 'column' | 'stored'> | null
  readonly scope: Scope | null
  readonly rows: number
  readonly now: Date
  /** The rows whose result counts here: the others stand in a branch that is not taken and cannot fail; null: all. */
  active: Bits | null
  /** The first failure of a row counts. */
  readonly fail: (row: number, failure: RowFailure) => void
}

/** Computes one part of an expression. Its vectors live until its next call. */
export interface Kernel {
  (frame: Frame): Vector
  /** The value of a part that is the same in every row. */
  constant?: { readonly value: Value }
}

export const none: VectorOf<'none'> = { form: 'none' }
export const bytesFor = (rows: number): number => (rows + 7) >> 3

interface Growing<T> {
  new (length: number): T
}

/** A buffer that a kernel keeps from batch to batch; grows to what is asked for, and is never shorter. */
export function scratch<T extends { readonly length: number }>(type: Growing<T>): (length: number) => T {
  let buffer = new type(0)
  return (length) => (buffer.length >= length ? buffer : (buffer = new type(Math.ceil(length * 1.25))))
}

/** Rows that have a value in both. */
export function bothValid(a: Bits | null, b: Bits | null, rows: number, into: (length: number) => Bits): Bits | null {
  if (!a || !b) return a ?? b
  const bytes = bytesFor(rows)
  const out = into(bytes)
  for (let i = 0; i < bytes; i++) out[i] = (a[i] as number) & (b[i] as number)
  return out
}

export const has = (bits: Bits | null, row: number): boolean => bits === null || bitAt(bits, row)

/** A way to get one value after the other out of a vector, as expressions write values. */
export function boxes(vector: Vector, type: ColumnType, rows: number): (row: number) => Value {
  if (vector.form === 'none') return () => null
  const { valid } = vector
  const plain = boxesOfValid(vector, type, rows)
  return valid === null ? plain : (row) => (bitAt(valid, row) ? plain(row) : null)
}

function boxesOfValid(
  vector: Exclude<Vector, { form: 'none' }>,
  type: ColumnType,
  rows: number,
): (row: number) => Value {
  switch (vector.form) {
    case 'bool':
      return (row) => bitAt(vector.values, row)
    case 'number': {
      const { values } = vector
      const whole = type.kind === 'int' || type.kind === 'time' || type.kind === 'timestamp'
      return whole ? (row) => BigInt(values[row] as number) : (row) => values[row] as number
    }
    case 'bytes': {
      if (type.kind !== 'string') return (row) => vector.bytes.slice(vector.offsets[row], vector.offsets[row + 1])
      const texts = textsOf(vector, rows)
      return (row) => texts[row] as string
    }
    case 'column':
      return (row) => normalValue(valueAt(vector.column, row), type)
    default:
      return (row) => vector.values[row] as Value
  }
}

/** The texts as strings; those of rows without a value are anything. */
export function textsOf(vector: VectorOf<'bytes'> | VectorOf<'texts'>, rows: number): readonly string[] {
  if (vector.form === 'texts') return vector.values
  if (vector.texts) return vector.texts
  const { offsets, bytes, valid } = vector
  const [first, last] = [offsets[0] as number, offsets[rows] as number]
  const texts = new Array<string>(rows).fill('')
  // One call for a whole batch of ASCII: a call for each text costs more than the text.
  const all = isAscii(bytes, first, last)
    ? Buffer.from(bytes.buffer, bytes.byteOffset).toString('latin1', first, last)
    : null
  for (let row = 0; row < rows; row++) {
    const start = offsets[row] as number
    const end = offsets[row + 1] as number
    if (all !== null) texts[row] = all.slice(start - first, end - first)
    else if (has(valid, row)) texts[row] = decodeText(bytes, start, end)
  }
  return texts
}

/** Whether a range of UTF-8 has no other characters. */
function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0
  for (let i = start; i < end; i++) seen |= bytes[i] as number
  return seen < 128
}

const encoder = new TextEncoder()

/** Makes UTF-8 of strings, into a buffer that is kept; those of rows without a value are left out. */
export function textEncoder(): (vector: VectorOf<'bytes'> | VectorOf<'texts'>, rows: number) => VectorOf<'bytes'> {
  const places = scratch(Int32Array)
  let bytes: Uint8Array = new Uint8Array(1024)
  return (vector, rows) => {
    if (vector.form === 'bytes') return vector
    const offsets = places(rows + 1)
    let end = (offsets[0] = 0)
    for (let row = 0; row < rows; row++) {
      const text = has(vector.valid, row) ? (vector.values[row] as string) : ''
      if (end + text.length * 3 > bytes.length) bytes = grown(bytes, end + text.length * 3)
      end = encode(text, bytes, end)
      offsets[row + 1] = end
    }
    return { form: 'bytes', offsets, bytes, valid: vector.valid }
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array {
  const more = new Uint8Array(length * 2)
  more.set(bytes)
  return more
}

/** Short ASCII texts skip the encoder, whose call costs more than they do. */
function encode(text: string, bytes: Uint8Array, at: number): number {
  let end = at
  if (text.length < 32) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 127) return at + encoder.encodeInto(text, bytes.subarray(at)).written
      bytes[end++] = unit
    }
    return end
  }
  return at + encoder.encodeInto(text, bytes.subarray(at)).written
}

/** A vector from values one by one; null is no value. */
export function vectorFrom(values: readonly (Value | undefined)[], type: ColumnType): Vector {
  const valid = validityFrom(values)
  switch (type.kind) {
    case 'null':
      return none
    case 'bool': {
      const bits = new Uint8Array(bytesFor(values.length))
      for (let row = 0; row < values.length; row++) if (values[row] === true) setBit(bits, row)
      return { form: 'bool', values: bits, valid }
    }
    case 'int':
    case 'time':
    case 'timestamp':
      return wholeNumbers(values as readonly (bigint | null)[], valid)
    case 'float':
    case 'date':
      return { form: 'number', values: Float64Array.from(values, (value) => (value ?? 0) as number), valid }
    case 'string':
      return { form: 'texts', values: values.map((value) => (value ?? '') as string), valid }
    default:
      return { form: 'values', values: values as readonly Value[], valid }
  }
}

function validityFrom(values: readonly unknown[]): Bits | null {
  if (!values.some((value) => value === null || value === undefined)) return null
  const valid = new Uint8Array(bytesFor(values.length))
  for (let row = 0; row < values.length; row++)
    if (values[row] !== null && values[row] !== undefined) setBit(valid, row)
  return valid
}

const safe = BigInt(Number.MAX_SAFE_INTEGER)

function wholeNumbers(values: readonly (bigint | null | undefined)[], valid: Bits | null): Vector {
  const numbers = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0n
    if (value > safe || value < -safe) return { form: 'big', values: values.map((one) => one ?? 0n), valid }
    numbers[row] = Number(value)
  }
  return { form: 'number', values: numbers, valid }
}

/** A kernel for a value that is the same in every row. */
export function constantKernel(value: Value, type: ColumnType): Kernel {
  let made: Vector = none
  let madeRows = 0
  const kernel: Kernel = ({ rows }) => {
    if (rows > madeRows || madeRows === 0) {
      // Some room, so that it is not made again for each batch that is a little larger.
      madeRows = Math.max(Math.ceil(rows * 1.25), 1024)
      made = repeated(value, type, madeRows)
    }
    return made
  }
  kernel.constant = { value }
  return kernel
}

/** The kinds that are common are filled: a run compiles its expressions for every split. */
function repeated(value: Value, type: ColumnType, rows: number): Vector {
  const one = vectorFrom([value], type)
  if (one.form === 'number' && one.valid === null)
    return { form: 'number', values: new Float64Array(rows).fill(one.values[0] as number), valid: null }
  if (one.form === 'bool' && one.valid === null)
    return { form: 'bool', values: new Uint8Array(bytesFor(rows)).fill(value === true ? 255 : 0), valid: null }
  if (one.form === 'texts' && one.valid === null) return repeatedText(value as string, rows)
  return vectorFrom(new Array(rows).fill(value), type)
}

/** A short text is there as bytes, too, so that it meets a column's bytes without decoding them. */
function repeatedText(text: string, rows: number): Vector {
  const texts = new Array<string>(rows).fill(text)
  if (text.length > 32) return { form: 'texts', values: texts, valid: null }
  const { length } = Buffer.from(text)
  const offsets = new Int32Array(rows + 1)
  for (let row = 0; row < rows; row++) offsets[row + 1] = (offsets[row] as number) + length
  return { form: 'bytes', offsets, bytes: Buffer.alloc(rows * length, text), valid: null, texts }
}
