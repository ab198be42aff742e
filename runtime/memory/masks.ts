import { types } from '../pipeline/types.ts'
import { bitAt, type Column, isValid } from './column.ts'
import { setBit } from './gather.ts'
import { type Checksum, type Identity, subtractChecksums } from './identity.ts'
import type { Scope } from './scope.ts'

/** True where a mask's row is true; a null is not. */
export const trueAt = (mask: Column, row: number): boolean =>
  isValid(mask, row) && bitAt(mask.values as Uint8Array, row)

/** The rows, ascending, that a predicate wants. */
export function indexesOf(rows: number, wanted: (row: number) => boolean): Int32Array {
  const found = new Int32Array(rows)
  let count = 0
  for (let row = 0; row < rows; row++) if (wanted(row)) found[count++] = row
  return found.subarray(0, count)
}

/** Ascending rows, each once. */
export function distinctRows(parents: Int32Array): Int32Array {
  return parents.filter((row, i) => i === 0 || row !== parents[i - 1])
}

/** The checksum of the rows that are in `all` and not in `part`. */
export const difference = (all: Identity, part: Identity): Checksum => subtractChecksums(all.checksum, part.checksum)

/** A mask of `length` rows: true where the predicate is; nowhere null. */
export function maskOf(scope: Scope, length: number, wanted: (row: number) => boolean): Column {
  const values = scope.bits(length)
  for (let row = 0; row < length; row++) if (wanted(row)) setBit(values, row)
  return { type: types.bool, length, nulls: 0, validity: null, offsets: null, values, children: [] }
}
