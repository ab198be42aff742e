import {
  bitAt,
  type Column,
  type ColumnType,
  countBits,
  layout,
  type Scope,
  setBit,
  types,
} from '@headrace/runtime/sdk'
import { copyTexts } from './texts.ts'
import { type Rows, unexpected, type Vector } from './vector.ts'

/** The items of vectors that were staged as bytes: the numbers of a row, then a bitmap of those that are not null. */
export function vectorItems(
  scope: Scope,
  type: ColumnType & { kind: 'fixed' },
  ranges: readonly Rows[],
  length: number,
): Column {
  const { offsets, values: bytes } = copyTexts(scope, types.binary, ranges, length)
  const { item, size } = type
  const { array } = layout(item) ?? { array: Uint8Array }
  const width = array.BYTES_PER_ELEMENT * size
  const values = scope.allocate(array, length * size)
  const to = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const validity = scope.bits(length * size)
  for (let row = 0; row < length; row++) {
    const start = offsets[row] as number
    const there = (offsets[row + 1] as number) - start
    if (there === 0) {
      to.fill(0, row * width, (row + 1) * width)
      continue
    }
    if (there !== width + ((size + 7) >> 3)) throw unexpected(ranges[0]?.vector as Vector, type)
    to.set(bytes.subarray(start, start + width), row * width)
    const mask = bytes.subarray(start + width, start + there)
    for (let k = 0; k < size; k++) if (bitAt(mask, k)) setBit(validity, row * size + k)
  }
  const nulls = length * size - countBits(validity, length * size)
  return {
    type: item,
    length: length * size,
    nulls,
    validity: nulls ? validity : null,
    offsets: null,
    values,
    children: [],
  }
}
