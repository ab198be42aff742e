import { types } from '../pipeline/types.ts'
import type { Column } from './column.ts'
import { setBit } from './gather.ts'
import { type Checksum, type Identity, subtractChecksums } from './identity.ts'
import type { Scope } from './scope.ts'

/** The rows, ascending, in which a mask is true; a null is not. At the beginning of `found`, where it is given. */
export function trueRows(mask: Column, found = new Int32Array(mask.length)): Int32Array {
  const { length, validity } = mask
  if (mask.type.kind === 'null') return new Int32Array(0)
  const values = mask.values as Uint8Array
  let count = 0
  for (let first = 0; first < length; first += 8) {
    let bits = (values[first >> 3] as number) & (validity ? (validity[first >> 3] as number) : 255)
    // Behind the last row lies anything.
    if (length - first < 8) bits &= (1 << (length - first)) - 1
    // The lowest bit, until none is left: a row that is false costs nothing.
    for (; bits; bits &= bits - 1) found[count++] = first + 31 - Math.clz32(bits & -bits)
  }
  return found.subarray(0, count)
}

/** The rows, ascending, that are marked with 0 or with another number. */
export function markedRows(marks: Uint8Array, marked: boolean): Int32Array {
  const found = new Int32Array(marks.length)
  let count = 0
  for (let row = 0; row < marks.length; row++) if ((marks[row] !== 0) === marked) found[count++] = row
  return found.subarray(0, count)
}

/** Marks rows; gives those that were not marked before. */
export function markNew(rows: Int32Array, marks: Uint8Array): Int32Array {
  const found = new Int32Array(rows.length)
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (marks[row] !== 0) continue
    marks[row] = 1
    found[count++] = row
  }
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

/** The pieces of a row are numbered as they follow one another: were a row to come twice, two would have one name. */
export function refuseUnordered(parents: Int32Array, rows: number): void {
  for (let i = 0, before = 0; i < parents.length; i++) {
    const row = parents[i] as number
    if (row < before || row >= rows)
      throw new RangeError(`piece ${i} is of row ${row} of ${rows}, after one of row ${before}: parents must ascend`)
    before = row
  }
}

/** A mark for each of `length` rows that is named; throws where one is none of them. */
export function marksOf(rows: Iterable<number>, length: number): Uint8Array {
  const marks = new Uint8Array(length)
  for (const row of rows) {
    if (!Number.isInteger(row) || row < 0 || row >= length)
      throw new RangeError(`row ${row} is rejected of a batch of ${length}`)
    marks[row] = 1
  }
  return marks
}
