import { Schema } from '../pipeline/schema.ts'
import { type ColumnType, type Field, typeName } from '../pipeline/types.ts'
import { Batch } from './batch.ts'
import { type Column, layout, type TypedArray, toHalf } from './column.ts'
import { setBit } from './gather.ts'
import type { Identity } from './identity.ts'
import type { ArrayType, Scope } from './scope.ts'

const encoder = new TextEncoder()

/** A column from plain values, as `valueAt` gives them; null and undefined are null. Slow beside a typed loop. */
export function columnOf(scope: Scope, type: ColumnType, values: readonly unknown[]): Column {
  const length = values.length
  const { validity, nulls } = validityOf(scope, type, values)
  const base = { type, length, nulls, validity, offsets: null, values: null, children: [] as Column[] }
  switch (type.kind) {
    case 'null':
      return base
    case 'bool': {
      const bits = scope.bits(length)
      for (let i = 0; i < length; i++) if (values[i] === true) setBit(bits, i)
      return { ...base, values: bits }
    }
    case 'string':
      return {
        ...base,
        ...bytesOf(
          scope,
          values.map((value) => (value == null ? empty : encoder.encode(String(value)))),
        ),
      }
    case 'binary':
      return {
        ...base,
        ...bytesOf(
          scope,
          values.map((value) => (value == null ? empty : (value as Uint8Array))),
        ),
      }
    case 'list': {
      const offsets = scope.allocate(Int32Array, length + 1)
      const items: unknown[] = []
      offsets[0] = 0
      values.forEach((value, i) => {
        if (value != null) for (const item of value as unknown[]) items.push(item)
        offsets[i + 1] = items.length
      })
      return { ...base, offsets, children: [columnOf(scope, type.item, items)] }
    }
    case 'fixed': {
      const items = values.flatMap((value) =>
        value == null ? new Array(type.size).fill(null) : Array.from(value as ArrayLike<unknown>),
      )
      if (items.length !== length * type.size)
        throw new RangeError(`a value of ${typeName(type)} has another length than ${type.size}`)
      return { ...base, children: [columnOf(scope, type.item, items)] }
    }
    case 'struct':
      return {
        ...base,
        children: type.fields.map((field) =>
          columnOf(
            scope,
            field.type,
            values.map((value) => ownOf(value as Record<string, unknown> | null, field.name)),
          ),
        ),
      }
    default:
      return { ...base, values: numbersOf(scope, type, values) }
  }
}

/** A batch from rows as plain objects; a missing key is null. For tests, previews and small things. */
export function batchOf(
  scope: Scope,
  fields: readonly Field[],
  rows: readonly Record<string, unknown>[],
  identity: Identity,
): Batch {
  const columns = fields.map((field) =>
    columnOf(
      scope,
      field.type,
      rows.map((row) => ownOf(row, field.name)),
    ),
  )
  return new Batch(scope, new Schema(fields), columns, identity)
}

/** A value that is the row's own: a column may be called `constructor`. */
const ownOf = (row: Record<string, unknown> | null | undefined, name: string): unknown =>
  row && Object.hasOwn(row, name) ? row[name] : undefined

const empty = new Uint8Array(0)

function validityOf(
  scope: Scope,
  type: ColumnType,
  values: readonly unknown[],
): { validity: Uint8Array | null; nulls: number } {
  if (type.kind === 'null') return { validity: null, nulls: values.length }
  const nulls = values.reduce<number>((count, value) => count + (value == null ? 1 : 0), 0)
  if (nulls === 0) return { validity: null, nulls }
  const validity = scope.bits(values.length)
  for (let i = 0; i < values.length; i++) if (values[i] != null) setBit(validity, i)
  return { validity, nulls }
}

/** Offsets and bytes of a string or binary column. */
export function bytesOf(scope: Scope, parts: readonly Uint8Array[]): { offsets: Int32Array; values: Uint8Array } {
  const offsets = scope.allocate(Int32Array, parts.length + 1)
  let end = (offsets[0] = 0)
  parts.forEach((part, i) => {
    offsets[i + 1] = end += part.length
  })
  const values = scope.allocate(Uint8Array, end)
  parts.forEach((part, i) => {
    values.set(part, offsets[i])
  })
  return { offsets, values }
}

function numbersOf(scope: Scope, type: ColumnType, values: readonly unknown[]): TypedArray {
  const { array, perRow } = layout(type) as { array: unknown; perRow: number }
  const numbers = scope.allocate(array as ArrayType<TypedArray>, values.length * perRow)
  if (type.kind === 'decimal') {
    values.forEach((value, i) => {
      const unscaled = (value as bigint | null) ?? 0n
      const pair = numbers as BigInt64Array
      pair[i * 2] = BigInt.asIntN(64, unscaled)
      pair[i * 2 + 1] = BigInt.asIntN(64, unscaled >> 64n)
    })
  } else if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) {
    values.forEach((value, i) => {
      numbers[i] = BigInt((value as bigint | null) ?? 0)
    })
  } else {
    const half = type.kind === 'float' && type.bits === 16
    values.forEach((value, i) => {
      numbers[i] = half ? toHalf(Number(value ?? 0)) : Number(value ?? 0)
    })
  }
  return numbers
}
