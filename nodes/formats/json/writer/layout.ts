import type { Column, ColumnType, Field, Schema, TypedArray } from '@headrace/runtime/sdk'
import type { Memory } from '../../wasm/instance.ts'
import { kinds, node } from './nodes.ts'

/** What stands in the kernel's memory for a schema. */
export interface Layout {
  readonly schema: Schema
  /** The node of a row, and those of its columns, one behind the other. */
  readonly root: number
  readonly columns: number
  /** Where data may be placed. */
  readonly free: number
}

/** The kernel's kind of a type; undefined where it does not write such values. */
export function kindOf(type: ColumnType): number | undefined {
  switch (type.kind) {
    case 'int':
      if (!type.signed) return undefined
      return type.bits === 64 ? kinds.int64 : type.bits === 32 ? kinds.int32 : undefined
    case 'float':
      return type.bits === 64 ? kinds.float64 : undefined
    case 'list':
      return kindOf(type.item) && kinds.list
    case 'struct':
      return type.fields.every((inner) => kindOf(inner.type)) ? kinds.struct : undefined
    case 'bool':
    case 'string':
      return kinds[type.kind]
    default:
      return undefined
  }
}

/** Lays out nodes and keys from `free` on. */
export function layOut(memory: Memory, schema: Schema, free: number): Layout {
  const take = taker(memory, free)
  const word = (at: number, value: number) => new DataView(memory.buffer).setInt32(at, value, true)

  const fill = (at: number, type: ColumnType): void => {
    word(at + node.kind, kindOf(type) as number)
    if (type.kind === 'list') {
      const item = take(node.size)
      word(at + node.inner, item)
      fill(item, type.item)
    }
    if (type.kind === 'struct') {
      word(at + node.inner, fillFields(type.fields))
      word(at + node.fields, type.fields.length)
    }
  }

  const fillFields = (fields: readonly Field[]): number => {
    const at = take(node.size * fields.length)
    for (const [i, { name, type }] of fields.entries()) {
      const one = at + i * node.size
      const key = Buffer.from(`${i ? ',' : ''}${JSON.stringify(name)}:`)
      const text = take(key.length)
      new Uint8Array(memory.buffer).set(key, text)
      word(one + node.key, text)
      word(one + node.keyLength, key.length)
      fill(one, type)
    }
    return at
  }

  const root = take(node.size)
  word(root + node.validity, 0)
  fill(root, { kind: 'struct', fields: schema.fields })
  const columns = new DataView(memory.buffer).getInt32(root + node.inner, true)
  return { schema, root, columns, free: take(0) }
}

/** Bytes that a column takes when it is placed. */
export function placedBytes(column: Column): number {
  const own = (column.length >> 3) + (column.offsets ? column.length * 4 : 0) + 128
  return column.children.reduce((sum, child) => sum + placedBytes(child), own + valuesOf(column).byteLength)
}

/** Copies columns to where the nodes of a layout then find them, and `rows` too; gives where these lie, 0 for null. */
export function placeColumns(
  memory: Memory,
  layout: Layout,
  columns: readonly Column[],
  rows: Int32Array | null,
): number {
  const take = taker(memory, layout.free)
  const bytes = columns.reduce((sum, column) => sum + placedBytes(column), (rows?.byteLength ?? 0) + 64)
  take.grow(bytes)
  const words = new Int32Array(memory.buffer)
  const target = new Uint8Array(memory.buffer)
  const put = (from: TypedArray): number => {
    const at = take(from.byteLength)
    target.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength), at)
    return at
  }
  const place = (at: number, column: Column): void => {
    const { validity, offsets, children, length } = column
    words[(at + node.validity) >> 2] = validity ? put(validity.subarray(0, (length + 7) >> 3)) : 0
    if (offsets) words[(at + node.offsets) >> 2] = put(offsets.subarray(0, length + 1))
    // Texts need not begin at 0: their offsets count from where the first would be.
    const before = column.type.kind === 'string' ? (offsets?.[0] as number) : 0
    if (column.values) words[(at + node.values) >> 2] = put(valuesOf(column)) - before
    const inner = words[(at + node.inner) >> 2] as number
    for (const [i, child] of children.entries()) place(inner + i * node.size, child)
  }
  for (const [i, column] of columns.entries()) place(layout.columns + i * node.size, column)
  return rows ? put(rows) : 0
}

/** A column's values as far as its rows go. */
function valuesOf({ type, values, offsets, length }: Column): TypedArray {
  if (!values) return new Uint8Array(0)
  if (type.kind === 'string') return values.subarray(offsets?.[0], offsets?.[length])
  return values.subarray(0, type.kind === 'bool' ? (length + 7) >> 3 : length)
}

/** Gives away memory from `free` on, each piece with room for sixteen bytes too many. */
function taker(memory: Memory, free: number): ((bytes: number) => number) & { grow: (bytes: number) => void } {
  let next = free
  const grow = (bytes: number): void => {
    const missing = next + bytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  }
  const take = (bytes: number): number => {
    const at = next
    next += Math.ceil((bytes + 16) / 16) * 16
    grow(0)
    return at
  }
  return Object.assign(take, { grow })
}
