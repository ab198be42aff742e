import {
  type ArrayType,
  type Column,
  type ColumnType,
  layout,
  type Scope,
  setBit,
  type TypedArray,
} from '@headrace/runtime/sdk'
import type { CsvMemory } from './memory.ts'

/** The fields of a batch of rows, as `Records` found them. */
export interface Cells {
  readonly bytes: Buffer
  readonly fields: Int32Array
  readonly width: number
  readonly rows: number
  /** No byte is above 127. */
  readonly ascii: boolean
  /** The same bytes and fields for the kernels; null where there are too many. */
  readonly memory: CsvMemory | null
}

/** Makes a column from the fields at one place of every row (-1: all null); `fail` gets each row that has no such value. */
export type ReadColumn = (cells: Cells, place: number, scope: Scope, fail: (row: number) => void) => Column

/** A column in which every row is null. */
export function nullColumn(type: ColumnType, rows: number, scope: Scope): Column {
  const shape = layout(type)
  const text = type.kind === 'string' || type.kind === 'binary'
  const length = shape?.perRow ? rows * shape.perRow : text ? 0 : (rows + 7) >> 3
  const values = scope.allocate((shape?.array ?? Uint8Array) as unknown as ArrayType<TypedArray>, length)
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).fill(0)
  const offsets = text ? scope.allocate(Int32Array, rows + 1).fill(0) : null
  return { type, length: rows, nulls: rows, validity: scope.bits(rows), offsets, values, children: [] }
}

/** Which rows are null; the bitmap is made only where one is. */
export class NullRows {
  readonly #rows: number
  #bits: Uint8Array | null = null
  #count = 0

  constructor(rows: number) {
    this.#rows = rows
  }

  add(row: number): void {
    this.#bits ??= new Uint8Array((this.#rows + 7) >> 3)
    setBit(this.#bits, row)
    this.#count++
  }

  finish(scope: Scope): { nulls: number; validity: Uint8Array | null } {
    if (!this.#bits) return { nulls: 0, validity: null }
    const validity = scope.allocate(Uint8Array, this.#bits.length)
    for (let i = 0; i < validity.length; i++) validity[i] = ~(this.#bits[i] as number)
    // Bits behind the last row are 0, as everywhere.
    if (this.#rows % 8) validity[validity.length - 1]! &= (1 << (this.#rows % 8)) - 1
    return { nulls: this.#count, validity }
  }
}

/** Whether a text is one of those that mean null. */
export function nullTest(nulls: readonly string[]): (bytes: Uint8Array, start: number, end: number) => boolean {
  const empty = nulls.includes('')
  const others = nulls.filter((text) => text !== '').map((text) => Buffer.from(text))
  if (others.length === 0) return (_, start, end) => empty && start === end
  return (bytes, start, end) => {
    if (start === end) return empty
    return others.some((other) => other.length === end - start && other.every((byte, i) => byte === bytes[start + i]))
  }
}
