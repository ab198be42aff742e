import { type Column, list, type Scope, types } from '@headrace/runtime/sdk'

/** Token ids of texts, one after the other, in memory that grows and stays for the next texts. */
export class IdBuffer {
  values: Int32Array = new Int32Array(1 << 12)
  length = 0

  /** Makes room for `more` ids behind those that are there; `values` may be another array then. */
  reserve(more: number): void {
    const least = this.length + more
    if (least <= this.values.length) return
    const larger = new Int32Array(Math.max(least, this.values.length * 2))
    larger.set(this.values.subarray(0, this.length))
    this.values = larger
  }

  push(ids: ArrayLike<number>): void {
    this.reserve(ids.length)
    this.values.set(ids, this.length)
    this.length += ids.length
  }
}

/** Lists of token ids: row i ends at `ends[i]`. */
export function idsColumn(scope: Scope, { values: ids, length }: IdBuffer, ends: readonly number[]): Column {
  const offsets = scope.allocate(Int32Array, ends.length + 1)
  offsets[0] = 0
  offsets.set(ends, 1)
  const values = scope.allocate(Int32Array, length)
  values.set(ids.subarray(0, length))
  const base = { nulls: 0, validity: null, offsets: null, values: null, children: [] as Column[] }
  const items: Column = { ...base, type: types.int32, length, values }
  return { ...base, type: list(types.int32), length: ends.length, offsets, children: [items] }
}
