import { types } from '../pipeline/types.ts'
import type { Parents } from './account.ts'
import { chooseRows, keptBits, newBits, otherBits } from './bits.ts'
import type { Column } from './column.ts'
import { countBits, setBit } from './gather.ts'
import { type Checksum, type Identity, subtractChecksums } from './identity.ts'
import type { Scope } from './scope.ts'

/** Rows that leave by a port: their places, their names, and the rows that leave for the first time, which count. */
interface Way {
  readonly port: string
  readonly rows: Int32Array
  readonly identity: Identity
  readonly parents: Parents
}

/** Which rows leave by which port, and those that leave by none. */
export function waysOf(
  scope: Scope,
  whole: Identity,
  masks: readonly (readonly [port: string, mask: Column])[],
  shared: readonly string[],
): { ways: Way[]; others: Parents } {
  const counted = new Uint8Array((whole.rows + 7) >> 3)
  const parentsOf = (bits: Uint8Array): Parents => {
    const rows = countBits(bits, whole.rows)
    return { rows, sum: whole.checksumWhere(bits, rows) }
  }
  const ways = masks.map(([port, mask]): Way => {
    const bits = keptBits(mask)
    const first = newBits(bits, counted)
    const chosen = chooseRows(scope, bits, whole.rows, countBits(bits, whole.rows))
    const identity = whole.where(chosen)
    // Mostly all of them leave for the first time: then the sum is there already.
    const parents = first === bits ? { rows: identity.rows, sum: identity.checksum } : parentsOf(first)
    return { port, rows: chosen.rows, identity: shared.includes(port) ? identity.onBranch(port) : identity, parents }
  })
  return { ways, others: parentsOf(otherBits(counted, whole.rows)) }
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
