import type { ColumnType } from '../pipeline/types.ts'
import { bitAt, type Column, layout, type TypedArray } from './column.ts'
import type { ArrayType, Scope } from './scope.ts'

/** The column's rows at `rows`, in that order and as often as they are named, copied into the scope's memory; -1 is null. */
export function gather(scope: Scope, column: Column, rows: Int32Array): Column {
  const { type, children } = column
  const { validity, nulls } = gatherValidity(scope, column, rows)
  const base = { type, length: rows.length, nulls, validity, offsets: null, values: null, children: [] as Column[] }
  switch (type.kind) {
    case 'null':
      return base
    case 'string':
    case 'binary':
      return { ...base, ...gatherBytes(scope, column, rows) }
    case 'bool': {
      const values = scope.bits(rows.length)
      gatherBits(values, column.values as Uint8Array, rows)
      return { ...base, values }
    }
    case 'struct':
      return { ...base, children: children.map((child) => gather(scope, child, rows)) }
    case 'fixed':
      return { ...base, children: [gather(scope, children[0] as Column, fixedRows(rows, type.size))] }
    case 'list':
      return { ...base, ...gatherList(scope, column, rows) }
    default:
      return { ...base, values: gatherNumbers(scope, type, column.values as TypedArray, rows) }
  }
}

export function setBit(bits: Uint8Array, at: number): void {
  bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7))
}

function gatherValidity(
  scope: Scope,
  column: Column,
  rows: Int32Array,
): { validity: Uint8Array | null; nulls: number } {
  if (column.type.kind === 'null') return { validity: null, nulls: rows.length }
  let anyMissing = column.validity !== null
  for (let i = 0; !anyMissing && i < rows.length; i++) anyMissing = (rows[i] as number) < 0
  if (!anyMissing) return { validity: null, nulls: 0 }
  const validity = scope.bits(rows.length)
  const nulls = rows.length - gatherBits(validity, column.validity, rows)
  return nulls ? { validity, nulls } : { validity: null, nulls: 0 }
}

/** Sets in `to`, which is all 0, the bits of `from` at `rows`; null is all 1. Returns how many are 1. */
function gatherBits(to: Uint8Array, from: Uint8Array | null, rows: Int32Array): number {
  let ones = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row < 0) continue
    const bit = from === null ? 1 : ((from[row >> 3] as number) >> (row & 7)) & 1
    ones += bit
    to[i >> 3] = (to[i >> 3] as number) | (bit << (i & 7))
  }
  return ones
}

function gatherNumbers(scope: Scope, type: ColumnType, from: TypedArray, rows: Int32Array): TypedArray {
  const { array, perRow } = layout(type) as { array: unknown; perRow: number }
  const values = scope.allocate(array as ArrayType<TypedArray>, rows.length * perRow)
  if (from instanceof BigInt64Array || from instanceof BigUint64Array)
    gatherLongs(viewOf(values), viewOf(from), perRow === 1 ? rows : fixedRows(rows, perRow))
  else gatherSmall(values as Float64Array, from as Float64Array, rows)
  return values
}

function gatherSmall(to: Float64Array, from: Float64Array, rows: Int32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    to[i] = row < 0 ? 0 : (from[row] as number)
  }
}

/** Numbers of 64 bits, by views: half of the time that their arrays take, where a null's 0 is a bigint of its own. */
function gatherLongs(to: DataView, from: DataView, rows: Int32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row < 0) to.setBigInt64(i * 8, 0n, true)
    else to.setBigInt64(i * 8, from.getBigInt64(row * 8, true), true)
  }
}

function gatherBytes(scope: Scope, column: Column, rows: Int32Array): { offsets: Int32Array; values: Uint8Array } {
  const from = column.offsets as Int32Array
  const offsets = scope.allocate(Int32Array, rows.length + 1)
  let end = (offsets[0] = 0)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row >= 0) end += (from[row + 1] as number) - (from[row] as number)
    offsets[i + 1] = end
  }
  const values = scope.allocate(Uint8Array, end + 8)
  if (end === 0) return { offsets, values: values.subarray(0, 0) }
  const gaps = (rows.at(-1) ?? 0) - (rows[0] ?? 0) + 1 - rows.length
  // Rows that follow one another are copied in one piece where there are few between them.
  if (gaps >= 0 && gaps * 8 < rows.length) copyRuns(column, rows, offsets, values)
  else copyEach(column, rows, offsets, values)
  return { offsets, values: values.subarray(0, end) }
}

const viewOf = (array: TypedArray): DataView => new DataView(array.buffer, array.byteOffset, array.byteLength)

/**
 * Copies eight bytes at once: up to seven too many, which the next row is written over, so that `to` has eight more than
 * are copied. Long texts go in one piece: the call costs as much as 100 bytes.
 */
function copyEach({ offsets, values }: Column, rows: Int32Array, places: Int32Array, to: Uint8Array): void {
  const starts = offsets as Int32Array
  const from = values as Uint8Array
  const [source, target, last] = [viewOf(from), viewOf(to), from.length - 8]
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row < 0) continue
    const start = starts[row] as number
    const end = starts[row + 1] as number
    const at = places[i] as number
    const shift = at - start
    if (end - start > 128 || end > last) to.set(from.subarray(start, end), at)
    else
      for (let byte = start; byte < end; byte += 8)
        target.setBigInt64(byte + shift, source.getBigInt64(byte, true), true)
  }
}

function copyRuns({ offsets, values }: Column, rows: Int32Array, places: Int32Array, to: Uint8Array): void {
  const starts = offsets as Int32Array
  const from = values as Uint8Array
  const [source, target, last] = [viewOf(from), viewOf(to), from.length - 8]
  for (let i = 0; i < rows.length; ) {
    const first = rows[i] as number
    let next = i + 1
    if (first >= 0) {
      while (next < rows.length && rows[next] === first + next - i) next++
      const start = starts[first] as number
      const end = starts[first + next - i] as number
      const at = places[i] as number
      const shift = at - start
      if (end - start > 128 || end > last) to.set(from.subarray(start, end), at)
      else
        for (let byte = start; byte < end; byte += 8)
          target.setBigInt64(byte + shift, source.getBigInt64(byte, true), true)
    }
    i = next
  }
}

function fixedRows(rows: Int32Array, size: number): Int32Array {
  const items = new Int32Array(rows.length * size)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    for (let k = 0; k < size; k++) items[i * size + k] = row < 0 ? -1 : row * size + k
  }
  return items
}

function gatherList(scope: Scope, column: Column, rows: Int32Array): { offsets: Int32Array; children: Column[] } {
  const from = column.offsets as Int32Array
  const offsets = scope.allocate(Int32Array, rows.length + 1)
  const items: number[] = []
  offsets[0] = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row >= 0) for (let item = from[row] as number; item < (from[row + 1] as number); item++) items.push(item)
    offsets[i + 1] = items.length
  }
  return { offsets, children: [gather(scope, column.children[0] as Column, Int32Array.from(items))] }
}

/** Rows `start` to `end` of a column: its buffers looked at, nothing copied but bitmaps that do not start on a byte. */
export function slice(scope: Scope, column: Column, start: number, end: number): Column {
  const { type, children } = column
  const length = end - start
  const validity = column.validity && sliceBits(scope, column.validity, start, end)
  const nulls = type.kind === 'null' ? length : validity ? length - countBits(validity, length) : 0
  const base = {
    type,
    length,
    nulls,
    validity: nulls ? validity : null,
    offsets: null,
    values: null,
    children: [] as Column[],
  }
  switch (type.kind) {
    case 'null':
      return base
    case 'bool':
      return { ...base, values: sliceBits(scope, column.values as Uint8Array, start, end) }
    case 'string':
    case 'binary':
    case 'list':
      return {
        ...base,
        offsets: column.offsets?.subarray(start, end + 1) ?? null,
        values: column.values,
        children: [...children],
      }
    case 'fixed':
      return { ...base, children: [slice(scope, children[0] as Column, start * type.size, end * type.size)] }
    case 'struct':
      return { ...base, children: children.map((child) => slice(scope, child, start, end)) }
    default: {
      const perRow = layout(type)?.perRow ?? 1
      return { ...base, values: column.values?.subarray(start * perRow, end * perRow) ?? null }
    }
  }
}

function sliceBits(scope: Scope, bits: Uint8Array, start: number, end: number): Uint8Array {
  if (start % 8 === 0) return bits.subarray(start >> 3, (end + 7) >> 3)
  const copy = scope.bits(end - start)
  for (let i = start; i < end; i++) if (bitAt(bits, i)) setBit(copy, i - start)
  return copy
}

/** How many of the first `length` bits are 1. */
export function countBits(bits: Uint8Array, length: number): number {
  let count = 0
  const whole = length >> 3
  for (let i = 0; i < whole; i++) count += ones[bits[i] as number] as number
  for (let i = whole * 8; i < length; i++) if (bitAt(bits, i)) count++
  return count
}

const ones = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)
