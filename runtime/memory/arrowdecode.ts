import type { TimeUnit } from '../pipeline/types.ts'
import { TextBuffer } from '../text/buffer.ts'
import { jsonWriter } from '../text/json.ts'
import { decimalText } from '../text/numbers.ts'
import { type ArrowArray, type ArrowType, bytesUnder, columnFrom, viewAs } from './arrowlayout.ts'
import { type Column, isValid, type TypedArray } from './column.ts'
import { concat } from './concat.ts'
import { gather, setBit } from './gather.ts'
import type { ArrayType, Scope } from './scope.ts'
import { bytesOf } from './values.ts'

type Of<K extends ArrowType['kind']> = Extract<ArrowType, { kind: K }>

/** Columns of the arrays whose layout is not a column's: each is decoded into the scope's memory. `base` has the nulls. */
export function decodedColumn(scope: Scope, array: ArrowArray, base: Column): Column {
  const { type } = array
  switch (type.kind) {
    case 'dictionary':
      return dictionaryColumn(scope, array, type, base)
    case 'runs':
      return runsColumn(scope, array)
    case 'union':
      return unionColumn(scope, array, type, base)
    case 'bytes':
      return type.layout === 'view' ? { ...base, ...viewBytes(scope, array, base) } : largeBytes(scope, array, base)
    case 'fixedBytes':
      return fixedBytes(scope, array, type.size, base)
    case 'list':
      return type.layout === 'large' ? largeList(scope, array, base) : viewList(scope, array, type, base)
    case 'decimal':
      return decimalColumn(scope, array, type, base)
    case 'date': {
      const millis = viewAs(BigInt64Array, array.values, array.length)
      return {
        ...base,
        values: each(scope, Int32Array, array.length, (row) => Math.floor(Number(millis[row]) / 86_400_000)),
      }
    }
    case 'time':
      return { ...base, values: microseconds(scope, array, type.unit) }
    case 'interval':
      return { ...base, ...texts(scope, base, intervalText(array, type.unit)) }
    default:
      throw new Error(`there is no way to decode ${type.kind}`)
  }
}

function each<T extends TypedArray>(
  scope: Scope,
  type: ArrayType<T>,
  length: number,
  value: (row: number) => T[number],
): T {
  const values = scope.allocate(type, length)
  for (let row = 0; row < length; row++) values[row] = value(row)
  return values
}

const encoder = new TextEncoder()
const nothing = new Uint8Array(0)

function texts(scope: Scope, base: Column, text: (row: number) => string) {
  const parts = Array.from({ length: base.length }, (_, row) =>
    isValid(base, row) ? encoder.encode(text(row)) : nothing,
  )
  return bytesOf(scope, parts)
}

function integersAs(type: ArrowType, from: TypedArray | null, length: number): TypedArray {
  if (type.kind !== 'int') throw new Error(`an index cannot be ${type.kind}`)
  const signed = { 8: Int8Array, 16: Int16Array, 32: Int32Array, 64: BigInt64Array }
  const unsigned = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array }
  return viewAs((type.signed ? signed : unsigned)[type.bits] as ArrayType<TypedArray>, from, length)
}

function dictionaryColumn(scope: Scope, array: ArrowArray, type: Of<'dictionary'>, base: Column): Column {
  const indexes = integersAs(type.index, array.values, array.length)
  const rows = new Int32Array(array.length)
  for (let row = 0; row < rows.length; row++) rows[row] = isValid(base, row) ? Number(indexes[row]) : -1
  const parts = (array.dictionary ?? []).map((part) => columnFrom(scope, part, { copy: false }))
  if (parts.length === 0) parts.push(columnFrom(scope, emptyArray(type.values), { copy: false }))
  return gather(scope, concat(scope, base.type, parts), rows)
}

function emptyArray(type: ArrowType): ArrowArray {
  const items =
    type.kind === 'struct' || type.kind === 'union'
      ? type.fields.map((field) => field.type)
      : type.kind === 'list' || type.kind === 'fixedList'
        ? [type.item]
        : type.kind === 'runs'
          ? [type.ends, type.values]
          : []
  const children = items.map((item) => emptyArray(item))
  return { type, length: 0, bitOffset: 0, validity: null, offsets: null, values: null, children }
}

function runsColumn(scope: Scope, array: ArrowArray): Column {
  const [ends, values] = array.children as [ArrowArray, ArrowArray]
  const numbers = integersAs(ends.type, ends.values, ends.length)
  const rows = new Int32Array(array.length)
  let row = 0
  for (let run = 0; run < ends.length && row < rows.length; run++) {
    const end = Math.min(Number(numbers[run]), rows.length)
    rows.fill(run, row, end)
    row = end
  }
  return gather(scope, columnFrom(scope, values, { copy: false }), rows)
}

function unionColumn(scope: Scope, array: ArrowArray, type: Of<'union'>, base: Column): Column {
  const children = array.children.map((child) => columnFrom(scope, child, { copy: false }))
  const writers = children.map((child) => jsonWriter(child, { notFinite: 0 }))
  const text = new TextBuffer(256)
  const offsets = type.dense ? viewAs(Int32Array, array.offsets, array.length) : null
  const validity = scope.bits(array.length)
  let nulls = 0
  const parts = Array.from({ length: array.length }, (_, row) => {
    const which = type.ids.indexOf(array.typeIds?.[row] as number)
    const child = children[which]
    const at = offsets ? (offsets[row] as number) : row
    if (!child || !isValid(child, at)) {
      nulls++
      return nothing
    }
    setBit(validity, row)
    text.clear()
    writers[which]?.(text, at)
    return new Uint8Array(text.written)
  })
  return { ...base, nulls, validity: nulls ? validity : null, ...bytesOf(scope, parts) }
}

/** Views are 16 bytes: the length, then up to 12 bytes in place, or a prefix, a buffer's number and an offset. */
function viewBytes(scope: Scope, array: ArrowArray, base: Column) {
  const bytes = bytesUnder(array.values)
  const words = viewAs(Int32Array, array.values, array.length * 4)
  const parts = Array.from({ length: array.length }, (_, row) => {
    if (!isValid(base, row)) return nothing
    const length = words[row * 4] as number
    if (length <= 12) return bytes.subarray(row * 16 + 4, row * 16 + 4 + length)
    const buffer = array.views?.[words[row * 4 + 2] as number] as Uint8Array
    const start = words[row * 4 + 3] as number
    return buffer.subarray(start, start + length)
  })
  return bytesOf(scope, parts)
}

/** 64-bit offsets as 32-bit ones from 0, and where the values begin. */
function smallOffsets(scope: Scope, array: ArrowArray): { offsets: Int32Array; first: number; end: number } {
  const large = viewAs(BigInt64Array, array.offsets, array.length === 0 ? 0 : array.length + 1)
  const first = Number(large[0] ?? 0n)
  const end = Number(large[array.length] ?? 0n)
  if (end - first > 0x7fffffff)
    throw new RangeError(`${array.length} rows hold ${end - first} bytes or items, more than 2^31`)
  const offsets = each(scope, Int32Array, array.length + 1, (row) => Number(large[row] ?? 0n) - first)
  return { offsets, first, end }
}

function largeBytes(scope: Scope, array: ArrowArray, base: Column): Column {
  const { offsets, first, end } = smallOffsets(scope, array)
  const values = scope.allocate(Uint8Array, end - first)
  values.set(bytesUnder(array.values).subarray(first, end))
  return { ...base, offsets, values }
}

function largeList(scope: Scope, array: ArrowArray, base: Column): Column {
  const { offsets, first } = smallOffsets(scope, array)
  if (first > 0) for (let row = 0; row < offsets.length; row++) offsets[row] = (offsets[row] as number) + first
  return { ...base, offsets, children: array.children.map((child) => columnFrom(scope, child)) }
}

function viewList(scope: Scope, array: ArrowArray, type: Of<'list'>, base: Column): Column {
  const wide = type.layout === 'largeView'
  const maker = (wide ? BigInt64Array : Int32Array) as ArrayType<TypedArray>
  const starts = viewAs(maker, array.offsets, array.length)
  const sizes = viewAs(maker, array.sizes ?? null, array.length)
  const offsets = scope.allocate(Int32Array, array.length + 1)
  const items: number[] = []
  offsets[0] = 0
  for (let row = 0; row < array.length; row++) {
    const size = isValid(base, row) ? Number(sizes[row]) : 0
    for (let item = 0; item < size; item++) items.push(Number(starts[row]) + item)
    offsets[row + 1] = items.length
  }
  const child = columnFrom(scope, array.children[0] as ArrowArray, { copy: false })
  return { ...base, offsets, children: [gather(scope, child, Int32Array.from(items))] }
}

function fixedBytes(scope: Scope, array: ArrowArray, size: number, base: Column): Column {
  const offsets = each(scope, Int32Array, array.length + 1, (row) => row * size)
  const values = scope.allocate(Uint8Array, array.length * size)
  values.set(bytesUnder(array.values).subarray(0, values.length))
  return { ...base, offsets, values }
}

function decimalColumn(scope: Scope, array: ArrowArray, type: Of<'decimal'>, base: Column): Column {
  const perRow = Math.max(1, type.bits / 64)
  const small = type.bits === 32 ? viewAs(Int32Array, array.values, array.length) : null
  const words = small ? null : viewAs(BigUint64Array, array.values, array.length * perRow)
  const unscaled = (row: number): bigint => {
    if (small) return BigInt(small[row] as number)
    let value = 0n
    for (let word = perRow - 1; word >= 0; word--)
      value = (value << 64n) | ((words as BigUint64Array)[row * perRow + word] as bigint)
    return BigInt.asIntN(type.bits, value)
  }
  if (base.type.kind === 'string')
    return { ...base, ...texts(scope, base, (row) => decimalText(unscaled(row), type.scale)) }
  const values = scope.allocate(BigInt64Array, array.length * 2)
  for (let row = 0; row < array.length; row++) {
    const value = unscaled(row)
    values[row * 2] = BigInt.asIntN(64, value)
    values[row * 2 + 1] = BigInt.asIntN(64, value >> 64n)
  }
  return { ...base, values }
}

/** Times as microseconds; nanoseconds are cut. */
function microseconds(scope: Scope, array: ArrowArray, unit: TimeUnit): BigInt64Array {
  if (unit === 'ns') {
    const nanos = viewAs(BigInt64Array, array.values, array.length)
    return each(scope, BigInt64Array, array.length, (row) => (nanos[row] as bigint) / 1000n)
  }
  const small = viewAs(Int32Array, array.values, array.length)
  const factor = unit === 's' ? 1_000_000n : 1000n
  return each(scope, BigInt64Array, array.length, (row) => BigInt(small[row] as number) * factor)
}

/** Intervals as ISO 8601 durations: `P14M`, `P3DT0.5S`, `P1M2DT3.000000004S`. */
function intervalText(array: ArrowArray, unit: 'months' | 'days' | 'nanos'): (row: number) => string {
  const words = viewAs(Int32Array, array.values, array.length * { months: 1, days: 2, nanos: 4 }[unit])
  if (unit === 'months') return (row) => durationText(words[row] as number, 0, 0n)
  if (unit === 'days') {
    return (row) => durationText(0, words[row * 2] as number, BigInt(words[row * 2 + 1] as number) * 1_000_000n)
  }
  const nanos = viewAs(BigInt64Array, array.values, array.length * 2)
  return (row) => durationText(words[row * 4] as number, words[row * 4 + 1] as number, nanos[row * 2 + 1] as bigint)
}

function durationText(months: number, days: number, nanos: bigint): string {
  const seconds = decimalText(nanos, 9).replace(/\.?0+$/, '')
  const text = `${months ? `${months}M` : ''}${days ? `${days}D` : ''}${nanos ? `T${seconds}S` : ''}`
  return `P${text || 'T0S'}`
}
