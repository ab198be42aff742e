import { type ColumnType, fixed, list, struct, type TypedArray, types } from '@headrace/runtime/sdk'
import type { Dimension, TensorInfo } from './metadata.ts'

/** An array that holds a tensor's numbers in a column; float16 as bits, bool as bytes. */
export type NumberArray = TypedArray

/** A tensor element that columns can hold: its column type, its array, and the range of what fits. */
export interface Element {
  readonly type: ColumnType
  readonly array: (new (length: number) => NumberArray) & { readonly BYTES_PER_ELEMENT: number }
  readonly whole: boolean
  readonly least: number
  readonly most: number
}

const whole = (type: ColumnType, array: unknown, least: number, most: number): Element => ({
  type,
  array: array as Element['array'],
  whole: true,
  least,
  most,
})
const real = (type: ColumnType, array: unknown, most: number): Element => ({
  type,
  array: array as Element['array'],
  whole: false,
  least: -most,
  most,
})

/** The element types that models/onnx knows; a string tensor has no number array. */
export const elements: Readonly<Record<string, Element>> = {
  float16: real(types.float16, Uint16Array, 65504),
  float32: real(types.float32, Float32Array, 3.4028234663852886e38),
  float64: real(types.float64, Float64Array, Number.MAX_VALUE),
  int8: whole(types.int8, Int8Array, -128, 127),
  int16: whole(types.int16, Int16Array, -32768, 32767),
  int32: whole(types.int32, Int32Array, -2147483648, 2147483647),
  int64: whole(types.int64, BigInt64Array, -(2 ** 63), 2 ** 63),
  uint8: whole(types.uint8, Uint8Array, 0, 255),
  uint16: whole(types.uint16, Uint16Array, 0, 65535),
  uint32: whole(types.uint32, Uint32Array, 0, 4294967295),
  uint64: whole(types.uint64, BigUint64Array, 0, 2 ** 64),
  // In a request a truth value takes a byte, as in a tensor.
  bool: whole(types.uint8, Uint8Array, 0, 1),
}

/** Whether columns can hold a tensor of this element type. */
export const isKnownElement = (type: string): boolean => type === 'string' || Object.hasOwn(elements, type)

/** The column type of one element, in a result. */
export const elementColumn = (type: string): ColumnType =>
  type === 'string' ? types.string : type === 'bool' ? types.bool : (elements[type]?.type ?? types.null)

/** The column type of one element, in a request. */
export const requestElement = (type: string): ColumnType =>
  type === 'string' ? types.string : (elements[type]?.type ?? types.null)

/** A tensor as one cell. */
export const shaped = (item: ColumnType): ColumnType =>
  struct([
    { name: 'shape', type: list(types.int64) },
    { name: 'data', type: list(item) },
  ])

/** Values a row for known dimensions, or null where one is free. */
export function product(dims: readonly Dimension[]): number | null {
  let total = 1
  for (const size of dims) {
    if (typeof size !== 'number') return null
    total *= size
  }
  return total
}

/** The dimensions of one row: all but the first. */
export const rowDims = (tensor: TensorInfo): readonly Dimension[] | null => tensor.dims?.slice(1) ?? null

/** The column that an output becomes in `call: batch`: a plain one for one value a row, else nested lists. */
export function rowType(tensor: TensorInfo): ColumnType {
  const dims = rowDims(tensor) ?? [null]
  const item = elementColumn(tensor.type)
  if (product(dims) === 1) return item
  return dims.reduceRight<ColumnType>((type, size) => (typeof size === 'number' ? fixed(type, size) : list(type)), item)
}

/** A shape as messages show it: `[N, 13]`. */
export const shapeText = (dims: readonly Dimension[] | null): string =>
  dims ? `[${dims.map((size) => size ?? '?').join(', ')}]` : 'any shape'

/** A number of values, in words. */
export const valuesText = (count: number): string => (count === 1 ? '1 value' : `${count} values`)
