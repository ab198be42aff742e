import {
  type ColumnType,
  decimal,
  type Field,
  fixed,
  list,
  struct,
  type TimeUnit,
  timestamp,
  types,
} from '../pipeline/types.ts'
import { decodedColumn } from './arrowdecode.ts'
import { bitAt, type Column, layout, type TypedArray } from './column.ts'
import { countBits, setBit } from './gather.ts'
import type { ArrayType, Scope } from './scope.ts'

/** A type of Arrow's, in neutral words: what apache-arrow's classes, an IPC file's schema and others describe. */
export type ArrowType =
  | { readonly kind: 'null' | 'bool' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly bits: number; readonly precision: number; readonly scale: number }
  | { readonly kind: 'bytes'; readonly text: boolean; readonly layout: 'offsets' | 'large' | 'view' }
  | { readonly kind: 'fixedBytes'; readonly size: number }
  | { readonly kind: 'date'; readonly unit: 'day' | 'ms' }
  | { readonly kind: 'time' | 'duration'; readonly unit: TimeUnit }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly zone: string | null }
  | { readonly kind: 'interval'; readonly unit: 'months' | 'days' | 'nanos' }
  /** A list, or a map (a list of structs of key and value). */
  | { readonly kind: 'list'; readonly item: ArrowType; readonly layout: 'offsets' | 'large' | 'view' | 'largeView' }
  | { readonly kind: 'fixedList'; readonly item: ArrowType; readonly size: number }
  | { readonly kind: 'struct'; readonly fields: readonly ArrowField[] }
  | {
      readonly kind: 'union'
      readonly dense: boolean
      readonly ids: readonly number[]
      readonly fields: readonly ArrowField[]
    }
  | { readonly kind: 'dictionary'; readonly index: ArrowType; readonly values: ArrowType }
  | { readonly kind: 'runs'; readonly ends: ArrowType; readonly values: ArrowType }

export interface ArrowField {
  readonly name: string
  readonly type: ArrowType
}

/** An array in Arrow's layout; buffers may be longer than their rows. */
export interface ArrowArray {
  readonly type: ArrowType
  readonly length: number
  /** Where the rows begin in the bitmaps (`validity`, and bool's `values`); all other buffers begin with the first row. */
  readonly bitOffset: number
  readonly validity: Uint8Array | null
  /** Offsets of lists, texts and dense unions; a list view's first items. */
  readonly offsets: TypedArray | null
  /** The values, as bytes or as any typed array over them. */
  readonly values: TypedArray | null
  readonly typeIds?: Int8Array | null
  /** A list view's sizes. */
  readonly sizes?: TypedArray | null
  /** The buffers that text views point into. */
  readonly views?: readonly Uint8Array[]
  readonly children: readonly ArrowArray[]
  /** A dictionary's parts, one after the other. */
  readonly dictionary?: readonly ArrowArray[]
}

/**
 * The column type that each type of Arrow's becomes. Dictionaries and runs are decoded, views and large layouts become
 * plain ones, maps lists of {key, value}; a duration is its number as int64, an interval ISO 8601 text, a union JSON text,
 * a decimal of more than 38 digits text with all of them.
 */
export function columnTypeFrom(type: ArrowType): ColumnType {
  switch (type.kind) {
    case 'null':
    case 'bool':
      return types[type.kind]
    case 'int':
    case 'float':
      return type
    case 'decimal':
      return type.precision > 38 ? types.string : decimal(type.precision, type.scale)
    case 'bytes':
      return type.text ? types.string : types.binary
    case 'fixedBytes':
      return types.binary
    case 'date':
    case 'time':
      return types[type.kind]
    case 'timestamp':
      return timestamp(type.unit, type.zone)
    case 'duration':
      return types.int64
    case 'interval':
    case 'union':
      return types.string
    case 'list':
      return list(columnTypeFrom(type.item))
    case 'fixedList':
      return fixed(columnTypeFrom(type.item), type.size)
    case 'struct':
      return struct(columnFields(type.fields))
    case 'dictionary':
    case 'runs':
      return columnTypeFrom(type.values)
  }
}

/** Fields by the same table. */
export const columnFields = (fields: readonly ArrowField[]): Field[] =>
  fields.map(({ name, type }) => ({ name, type: columnTypeFrom(type) }))

/**
 * A column of this array's rows. A buffer that has the column's layout and lies in the scope's pool is looked at, not
 * copied; with `copy: false` so is any other buffer, for a column that is read at once and not passed on.
 */
export function columnFrom(scope: Scope, array: ArrowArray, { copy = true }: { copy?: boolean } = {}): Column {
  const type = columnTypeFrom(array.type)
  const { length } = array
  if (type.kind === 'null')
    return { type, length, nulls: length, validity: null, offsets: null, values: null, children: [] }
  const validity = array.validity ? bitsOf(scope, array.validity, array.bitOffset, length, copy) : null
  const nulls = validity ? length - countBits(validity, length) : 0
  const base: Column = {
    type,
    length,
    nulls,
    validity: nulls ? validity : null,
    offsets: null,
    values: null,
    children: [],
  }
  const whole = { copy }
  switch (array.type.kind) {
    case 'bool':
      return { ...base, values: bitsOf(scope, bytesUnder(array.values), array.bitOffset, length, copy) }
    case 'struct':
      return { ...base, children: array.children.map((child) => columnFrom(scope, child, whole)) }
    case 'fixedList':
      return { ...base, children: array.children.map((child) => columnFrom(scope, child, whole)) }
    case 'list':
      if (array.type.layout !== 'offsets') break
      return {
        ...base,
        offsets: offsetsOf(scope, array, copy),
        children: array.children.map((child) => columnFrom(scope, child, whole)),
      }
    case 'bytes':
      if (array.type.layout !== 'offsets') break
      return { ...base, offsets: offsetsOf(scope, array, copy), values: inPool(scope, bytesUnder(array.values), copy) }
    case 'int':
    case 'float':
    case 'timestamp':
      return { ...base, values: numbersOf(scope, type, array, copy) }
    case 'decimal':
      if (array.type.bits === 128 && type.kind === 'decimal')
        return { ...base, values: numbersOf(scope, type, array, copy) }
      break
    case 'date':
      if (array.type.unit === 'day') return { ...base, values: numbersOf(scope, type, array, copy) }
      break
    case 'time':
      if (array.type.unit === 'us') return { ...base, values: numbersOf(scope, type, array, copy) }
      break
    case 'duration':
      return { ...base, values: numbersOf(scope, type, array, copy) }
  }
  return decodedColumn(scope, array, base)
}

/** The same bytes as another kind of typed array; copied where they do not begin on a whole element. */
export function viewAs<T extends TypedArray>(array: ArrayType<T>, from: TypedArray | null, length: number): T {
  if (!from || length === 0) return new array(new ArrayBuffer(0), 0, 0)
  if (from.byteOffset % array.BYTES_PER_ELEMENT === 0) return new array(from.buffer, from.byteOffset, length)
  const aligned = bytesUnder(from).slice(0, length * array.BYTES_PER_ELEMENT)
  return new array(aligned.buffer, 0, length)
}

export const bytesUnder = (from: TypedArray | null): Uint8Array =>
  from ? new Uint8Array(from.buffer, from.byteOffset, from.byteLength) : new Uint8Array(0)

/** The array where it lies in the pool, else a copy that does. */
function inPool<T extends TypedArray>(scope: Scope, array: T, copy: boolean): T {
  if (!copy || scope.pool.blockOf(array.buffer)) return array
  const own = scope.allocate(array.constructor as ArrayType<T>, array.length)
  // Both are the same kind of array, which the types of `set` cannot say for a union of kinds.
  ;(own as Uint8Array).set(array as Uint8Array)
  return own
}

function numbersOf(scope: Scope, type: ColumnType, array: ArrowArray, copy: boolean): TypedArray {
  const { array: maker, perRow } = layout(type) as { array: unknown; perRow: number }
  return inPool(scope, viewAs(maker as ArrayType<TypedArray>, array.values, array.length * perRow), copy)
}

function offsetsOf(scope: Scope, array: ArrowArray, copy: boolean): Int32Array {
  // An array without rows may come without its one offset.
  if (array.length === 0) return scope.allocate(Int32Array, 1).fill(0)
  return inPool(scope, viewAs(Int32Array, array.offsets, array.length + 1), copy)
}

function bitsOf(scope: Scope, bits: Uint8Array, offset: number, length: number, copy: boolean): Uint8Array {
  if (offset % 8 === 0) return inPool(scope, bits.subarray(offset >> 3, (offset + length + 7) >> 3), copy)
  const own = scope.bits(length)
  for (let row = 0; row < length; row++) if (bitAt(bits, offset + row)) setBit(own, row)
  return own
}
