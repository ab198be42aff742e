import {
  type Column,
  type ColumnType,
  columnOf,
  gather,
  HeadraceError,
  list,
  maskOf,
  type Scope,
  type TypedArray,
  types,
} from '@headrace/runtime/sdk'
import type * as ort from 'onnxruntime-node'
import type { TensorInfo } from './metadata.ts'
import { elementColumn, rowType, shaped, shapeText, valuesText } from './tensor.ts'

const plain = { nulls: 0, validity: null, offsets: null, values: null, children: [] as Column[] }

/** The first `rows` rows of an output as a column: a plain one, or nested lists as the model declares them. */
export function rowColumn(scope: Scope, info: TensorInfo, tensor: ort.Tensor, rows: number): Column {
  const type = rowType(info)
  const given = tensor.dims[0] as number
  const dims = info.dims ? tensor.dims.slice(1) : [given ? tensor.size / given : 0]
  const perRow = dims.reduce((all, size) => all * size, 1)
  const items = itemsColumn(scope, info.type, [tensor], rows * perRow)
  if (!('item' in type)) {
    if (perRow === 1) return items
    throw unexpected(info, tensor)
  }
  const column = nest(scope, type, dims, rows, items)
  if (!column) throw unexpected(info, tensor)
  return column
}

/** Tensors as cells: struct {shape, data}. */
export function cellColumn(scope: Scope, info: TensorInfo, tensors: readonly ort.Tensor[]): Column {
  const item = elementColumn(info.type)
  const offsets = scope.allocate(Int32Array, tensors.length + 1)
  let end = (offsets[0] = 0)
  for (const [row, tensor] of tensors.entries()) offsets[row + 1] = end += tensor.size
  const values = itemsColumn(scope, info.type, tensors, end)
  const data: Column = { ...plain, type: list(item), length: tensors.length, offsets, children: [values] }
  const shapes = columnOf(
    scope,
    list(types.int64),
    tensors.map((tensor) => tensor.dims.map(BigInt)),
  )
  return { ...plain, type: shaped(item), length: tensors.length, children: [shapes, data] }
}

/** One plain column for each value of a row. Throws where a row has another number of values. */
export function splitColumn(scope: Scope, info: TensorInfo, column: Column, names: readonly string[]): Column[] {
  const starts = Int32Array.from({ length: column.length + 1 }, (_, row) => row)
  let level = column.type.kind === 'struct' ? (column.children[1] as Column) : column
  while ('item' in level.type) {
    const { type, offsets } = level
    const size = type.kind === 'fixed' ? type.size : 0
    for (let row = 0; row < starts.length; row++) {
      const at = starts[row] as number
      starts[row] = type.kind === 'fixed' ? at * size : (offsets?.[at] as number)
    }
    level = level.children[0] as Column
  }
  for (let row = 0; row < column.length; row++) {
    const values = (starts[row + 1] as number) - (starts[row] as number)
    if (values !== names.length) {
      const message = `"${info.name}" gave ${valuesText(values)} a row, outputs names ${names.length}.`
      throw new HeadraceError('model-output', message, { place: { setting: `outputs.${info.name}` } })
    }
  }
  return names.map((_, i) =>
    gather(
      scope,
      level,
      starts.subarray(0, column.length).map((start) => start + i),
    ),
  )
}

const unexpected = (info: TensorInfo, tensor: ort.Tensor) =>
  new HeadraceError(
    'model-output',
    `"${info.name}" came as ${shapeText(tensor.dims)}; the model declares ${shapeText(info.dims)}.`,
  )

/** Wraps values in the lists of a type, of `dims` each; null where they do not agree. */
function nest(scope: Scope, type: ColumnType, dims: readonly number[], length: number, items: Column): Column | null {
  if (!('item' in type)) return dims.length === 0 ? items : null
  const [size, ...rest] = dims
  if (size === undefined || (type.kind === 'fixed' && type.size !== size)) return null
  const child = nest(scope, type.item, rest, length * size, items)
  if (!child) return null
  if (type.kind === 'fixed') return { ...plain, type, length, children: [child] }
  const offsets = scope.allocate(Int32Array, length + 1)
  for (let row = 0; row <= length; row++) offsets[row] = row * size
  return { ...plain, type, length, offsets, children: [child] }
}

/** The first `length` values of tensors, one after the other, copied out of ONNX Runtime's memory. */
function itemsColumn(scope: Scope, element: string, tensors: readonly ort.Tensor[], length: number): Column {
  const type = elementColumn(element)
  if (element === 'string') {
    const texts = tensors.flatMap((tensor) => tensor.data as string[]).slice(0, length)
    return columnOf(scope, type, texts)
  }
  const arrays = tensors.map((tensor) => tensor.data as TypedArray)
  if (element === 'bool') {
    const bytes = arrays.flatMap((array) => [...(array as Uint8Array)])
    return maskOf(scope, length, (item) => bytes[item] === 1)
  }
  const bits = arrays.map((array) =>
    element === 'float16' ? new Uint16Array(array.buffer, array.byteOffset, array.length) : array,
  )
  const values = scope.allocate((bits[0] ?? new Float32Array(0)).constructor as never, length) as Float32Array
  let at = 0
  for (const array of bits) {
    const some = array.subarray(0, Math.min(array.length, length - at)) as Float32Array
    values.set(some, at)
    at += some.length
  }
  return { ...plain, type, length, values }
}
