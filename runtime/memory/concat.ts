import type { Schema } from '../pipeline/schema.ts'
import type { ColumnType } from '../pipeline/types.ts'
import { Batch } from './batch.ts'
import { bitAt, type Column, isValid, layout, type TypedArray } from './column.ts'
import { setBit, slice } from './gather.ts'
import type { Identity } from './identity.ts'
import type { ArrayType, Scope } from './scope.ts'

/** Columns of one type, one after the other, copied into the scope's memory. */
export function concat(scope: Scope, type: ColumnType, parts: readonly Column[]): Column {
  if (parts.length === 1) return parts[0] as Column
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const nulls = parts.reduce((sum, part) => sum + part.nulls, 0)
  const validity = nulls && type.kind !== 'null' ? joinBits(scope, parts, length, isValid) : null
  const base = { type, length, nulls, validity, offsets: null, values: null, children: [] as Column[] }
  switch (type.kind) {
    case 'null':
      return base
    case 'bool':
      return { ...base, values: joinBits(scope, parts, length, (part, row) => bitAt(part.values as Uint8Array, row)) }
    case 'string':
    case 'binary':
      return { ...base, ...concatBytes(scope, parts, length) }
    case 'list':
      return { ...base, ...concatLists(scope, type.item, parts, length) }
    case 'fixed':
      return {
        ...base,
        children: [
          concat(
            scope,
            type.item,
            parts.map((part) => part.children[0] as Column),
          ),
        ],
      }
    case 'struct':
      return {
        ...base,
        children: type.fields.map((field, i) =>
          concat(
            scope,
            field.type,
            parts.map((part) => part.children[i] as Column),
          ),
        ),
      }
    default: {
      const { array, perRow } = layout(type) as { array: unknown; perRow: number }
      const values = scope.allocate(array as ArrayType<TypedArray>, length * perRow)
      let at = 0
      for (const part of parts) {
        ;(values as Uint8Array).set(part.values?.subarray(0, part.length * perRow) as Uint8Array, at)
        at += part.length * perRow
      }
      return { ...base, values }
    }
  }
}

/** Batches of one schema and several origins as one batch, under an identity of its own: for a model's calls. */
export function concatBatches(scope: Scope, schema: Schema, parts: readonly Batch[], identity: Identity): Batch {
  const columns = schema.fields.map((field, i) =>
    concat(
      scope,
      field.type,
      parts.map((part) => part.column(i)),
    ),
  )
  return new Batch(scope, schema, columns, identity)
}

function joinBits(
  scope: Scope,
  parts: readonly Column[],
  length: number,
  bit: (part: Column, row: number) => boolean,
): Uint8Array {
  const bits = scope.bits(length)
  let at = 0
  for (const part of parts) {
    for (let row = 0; row < part.length; row++) if (bit(part, row)) setBit(bits, at + row)
    at += part.length
  }
  return bits
}

/** Joins offsets that need not start at 0. */
function joinOffsets(scope: Scope, parts: readonly Column[], length: number): { offsets: Int32Array; end: number } {
  const offsets = scope.allocate(Int32Array, length + 1)
  let row = 0
  let end = (offsets[0] = 0)
  for (const part of parts) {
    const from = part.offsets as Int32Array
    const shift = end - (from[0] as number)
    for (let i = 1; i <= part.length; i++) offsets[++row] = (from[i] as number) + shift
    end = (from[part.length] as number) + shift
  }
  return { offsets, end }
}

function concatBytes(
  scope: Scope,
  parts: readonly Column[],
  length: number,
): { offsets: Int32Array; values: Uint8Array } {
  const { offsets, end } = joinOffsets(scope, parts, length)
  const values = scope.allocate(Uint8Array, end)
  let at = 0
  for (const part of parts) {
    const from = part.offsets as Int32Array
    const bytes = (part.values as Uint8Array).subarray(from[0] as number, from[part.length] as number)
    values.set(bytes, at)
    at += bytes.length
  }
  return { offsets, values }
}

function concatLists(
  scope: Scope,
  item: ColumnType,
  parts: readonly Column[],
  length: number,
): { offsets: Int32Array; children: Column[] } {
  const { offsets } = joinOffsets(scope, parts, length)
  const items = parts.map((part) => {
    const from = part.offsets as Int32Array
    return slice(scope, part.children[0] as Column, from[0] as number, from[part.length] as number)
  })
  return { offsets, children: [concat(scope, item, items)] }
}
