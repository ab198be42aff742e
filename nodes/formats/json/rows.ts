import { type Column, type ColumnType, type Scope, setBit } from '@headrace/runtime/sdk'
import type { Scanner } from './scanner.ts'

/** A column that grows value by value while rows are read, and is cut back where a row turns out to be bad. */
export interface Builder {
  readonly type: ColumnType
  readonly length: number
  /** Reads the value that stands next, no null, and adds it; false where it cannot. */
  readonly read: (scanner: Scanner) => boolean
  readonly addNull: () => void
  /** Takes values away from the end. */
  readonly cut: (length: number) => void
  /** The values as a column in shared memory; the builder is empty afterwards. */
  readonly finish: (scope: Scope) => Column
}

/** Reads the next value, or a null, into a builder. */
export function readInto(builder: Builder, scanner: Scanner): boolean {
  if (scanner.peek() !== 110) return builder.read(scanner)
  if (!scanner.word('null')) return false
  builder.addNull()
  return true
}

/** Which rows hold a value: a byte a row, since cutting back bits costs more than packing them once. */
export class Present {
  #rows = new Uint8Array(1024)
  length = 0

  add(present: 0 | 1): void {
    if (this.length === this.#rows.length) this.#rows = grown(this.#rows, this.length + 1)
    this.#rows[this.length++] = present
  }

  /** The bitmap, null where every row has a value; empties itself. */
  finish(scope: Scope): Pick<Column, 'length' | 'nulls' | 'validity'> {
    const { length } = this
    const rows = this.#rows
    this.length = 0
    let nulls = 0
    for (let row = 0; row < length; row++) nulls += 1 - (rows[row] as number)
    if (nulls === 0) return { length, nulls, validity: null }
    const validity = scope.bits(length)
    for (let row = 0; row < length; row++) if (rows[row]) setBit(validity, row)
    return { length, nulls, validity }
  }
}

/** The array with room for `length` elements, at least twice as many as before. */
export function grown<T extends Uint8Array | Int32Array | Float64Array | BigInt64Array>(array: T, length: number): T {
  if (length <= array.length) return array
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2))
  // Both are the same kind of array, which the types of `set` cannot say.
  ;(larger as Uint8Array).set(array as Uint8Array)
  return larger
}
