import { type ColumnType, type Field, typeName } from '@headrace/runtime/sdk'
import type { Dimension, TensorInfo } from './metadata.ts'
import { product, rowDims, shapeText, valuesText } from './tensor.ts'

/** How an input tensor is made of columns. */
export interface InputPlan {
  readonly tensor: TensorInfo
  readonly columns: readonly string[]
  /** Dimensions of what one row gives: without the first in `call: batch`. Null: any. */
  readonly dims: readonly Dimension[] | null
  /** Values a row, where every row has as many and the model's dimensions say the shape; null: the shape travels along. */
  readonly perRow: number | null
}

/** How columns fill a tensor, or why they do not, in words. */
export function fitInput(tensor: TensorInfo, fields: readonly Field[], call: 'batch' | 'row'): InputPlan | string {
  const dims = call === 'batch' ? rowDims(tensor) : tensor.dims
  const cells = fields.map((field) => cellOf(field.type))
  const wrong = cells.findIndex((cell) => !goesTo(cell.leaf, tensor.type))
  const want = `"${tensor.name}" takes ${tensor.type} ${shapeText(tensor.dims)}`
  if (wrong >= 0) {
    const field = fields[wrong] as Field
    return `${want}; the column "${field.name}" is ${typeName(field.type)}.`
  }
  const plan = { tensor, columns: fields.map((field) => field.name), dims }
  const counts = cells.map((cell) => (cell.dims ? product(cell.dims) : null))
  if (counts.includes(null)) {
    if (fields.length === 1) return { ...plan, perRow: null }
    return `${want}; only columns of a fixed size pack together, "${fields[counts.indexOf(null)]?.name}" is a list.`
  }
  const total = (counts as number[]).reduce((sum, count) => sum + count, 0)
  const observed = fields.length === 1 ? (cells[0]?.dims as number[]) : [total]
  if (!shapeFor(observed, total, dims)) {
    return `${want}: ${shapeText(dims)} a row; the columns give ${valuesText(total)}.`
  }
  const sure = call === 'batch' && dims !== null && dims.filter((size) => typeof size !== 'number').length <= 1
  return { ...plan, perRow: sure ? total : null }
}

/** The shape that `count` values take in a tensor's dimensions, or null. `observed`: as the column nests them. */
export function shapeFor(
  observed: readonly number[],
  count: number,
  dims: readonly Dimension[] | null,
): readonly number[] | null {
  if (!dims) return observed
  const free = (size: Dimension) => typeof size !== 'number'
  if (dims.length === observed.length && dims.every((size, i) => free(size) || size === observed[i])) return observed
  const known = dims.reduce<number>((sum, size) => (free(size) ? sum : sum * (size as number)), 1)
  const frees = dims.filter(free).length
  if (count === 1 && known === 1) return dims.map(() => 1)
  if (frees === 0) return known === count ? (dims as number[]) : null
  if (frees > 1 || known === 0 || count % known) return null
  return dims.map((size) => (free(size) ? count / known : (size as number)))
}

/** What a column's cell is: its innermost values, and its dimensions where they are in the type ([] for a plain one). */
export function cellOf(type: ColumnType): { readonly leaf: ColumnType; readonly dims: readonly number[] | null } {
  if (type.kind === 'fixed') {
    const { leaf, dims } = cellOf(type.item)
    return { leaf, dims: dims && [type.size, ...dims] }
  }
  if (type.kind === 'list') return { leaf: cellOf(type.item).leaf, dims: null }
  const data = type.kind === 'struct' ? type.fields.find((field) => field.name === 'data')?.type : undefined
  const shape = type.kind === 'struct' ? type.fields.find((field) => field.name === 'shape')?.type : undefined
  if (data?.kind === 'list' && shape && cellOf(shape).leaf.kind === 'int') return { leaf: data.item, dims: null }
  return { leaf: type, dims: [] }
}

const goesTo = (leaf: ColumnType, element: string): boolean =>
  element === 'string' ? leaf.kind === 'string' : ['int', 'float', 'decimal', 'bool'].includes(leaf.kind)
