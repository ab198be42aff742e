import { byteLength, type Column } from './column.ts'
import { slice } from './gather.ts'
import type { Scope } from './scope.ts'

/** A column of few different values: row i is row `codes[i]` of `values`, whose last row is null where the column has nulls. */
export interface Coded {
  readonly values: Column
  readonly codes: Int32Array
  /** What its rows would take as a plain column: memory is planned by that. */
  readonly bytes: number
}

/** A column as a batch holds it. */
export type Stored = Column | Coded

export const isCoded = (stored: Stored): stored is Coded => 'codes' in stored

export const rowsOf = (stored: Stored): number => (isCoded(stored) ? stored.codes : stored).length

/** Bytes of the rows as a plain column. */
export const storedBytes = (stored: Stored): number => (isCoded(stored) ? stored.bytes : byteLength(stored))

/** Rows `start` to `end`, nothing copied. */
export function sliceStored(scope: Scope, stored: Stored, start: number, end: number): Stored {
  return isCoded(stored) ? withCodes(stored, stored.codes.subarray(start, end)) : slice(scope, stored, start, end)
}

/** Some of its rows, by their codes. */
export function withCodes({ values, codes, bytes }: Coded, some: Int32Array): Coded {
  return { values, codes: some, bytes: (bytes * some.length) / Math.max(1, codes.length) }
}

/** The places of rows in a column of which `places` are some rows; into `found`, where it is given. */
export function placesAt(
  places: Int32Array,
  rows: Int32Array,
  found: Int32Array = new Int32Array(rows.length),
): Int32Array {
  for (let i = 0; i < rows.length; i++) found[i] = places[rows[i] as number] as number
  return found
}
