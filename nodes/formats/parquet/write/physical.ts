import type { ColumnType, Field } from '@headrace/runtime/sdk'
import type { ThriftStruct } from '../thrift.ts'
import { bool, i8, i32, struct, structOf, text } from './thrift-values.ts'

/** How a Parquet file stores values of a flat type. */
export interface Physical {
  /** parquet.thrift's `Type`, as `SchemaNode.physical` numbers them. */
  readonly type: number
  /** Bytes of a value while it is gathered and (but for bools, which become bits) in pages; 0: any number of bytes. */
  readonly width: number
  /** How values compare, for the least and the greatest of a column chunk; null: they do not. */
  readonly order: 'signed' | 'unsigned' | 'float' | 'bytes' | 'number' | null
  /** A fixed length in bytes, part of the schema. */
  readonly length?: number
  /** The older annotation, `ConvertedType`. */
  readonly converted?: number
  readonly decimal?: { readonly precision: number; readonly scale: number }
  /** A field of the union `LogicalType`. */
  readonly logical?: { readonly id: number; readonly of: ThriftStruct }
}

const empty = structOf({})
export const booleans = 0
export const int32s = 1
export const int64s = 2
export const floats = 4
export const doubles = 5
const byteArrays = 6
export const fixedBytes = 7

/** As arrow-rs does it, so that files of older runs get rows of newer ones; null for a type with insides. */
export function physicalOf(type: ColumnType): Physical | null {
  switch (type.kind) {
    case 'null':
      return { type: int32s, width: 4, order: null, logical: { id: 11, of: empty } }
    case 'bool':
      return { type: booleans, width: 1, order: 'unsigned' }
    case 'int':
      return integerOf(type.bits, type.signed)
    case 'float':
      if (type.bits === 16)
        return { type: fixedBytes, width: 2, length: 2, order: 'float', logical: { id: 15, of: empty } }
      return { type: type.bits === 32 ? floats : doubles, width: type.bits / 8, order: 'float' }
    case 'decimal':
      // Parquet's have no other scales; arrow-rs says so.
      return type.scale >= 0 && type.scale <= type.precision ? decimalOf(type) : null
    case 'string':
      return { type: byteArrays, width: 0, order: 'bytes', converted: 0, logical: { id: 1, of: empty } }
    case 'binary':
      return { type: byteArrays, width: 0, order: 'bytes' }
    case 'date':
      return { type: int32s, width: 4, order: 'signed', converted: 6, logical: { id: 6, of: empty } }
    case 'time':
      return { type: int64s, width: 8, order: 'signed', converted: 8, logical: { id: 7, of: timeOf(false, 'us') } }
    case 'timestamp': {
      const logical = { id: 8, of: timeOf(type.zone !== null, type.unit) }
      const converted = { s: undefined, ms: 9, us: 10, ns: undefined }[type.unit]
      return { type: int64s, width: 8, order: 'signed', logical, ...(converted && { converted }) }
    }
    default:
      return null
  }
}

function integerOf(bits: number, signed: boolean): Physical {
  const stored: Physical = {
    type: bits === 64 ? int64s : int32s,
    width: bits === 64 ? 8 : 4,
    order: signed ? 'signed' : 'unsigned',
  }
  // A signed number of 32 or 64 bits is what the physical type says already.
  if (signed && bits >= 32) return stored
  const converted = (signed ? 15 : 11) + Math.log2(bits / 8)
  return { ...stored, converted, logical: { id: 10, of: structOf({ 1: i8(bits), 2: bool(signed) }) } }
}

function decimalOf({ precision, scale }: { readonly precision: number; readonly scale: number }): Physical {
  const about = {
    converted: 5,
    decimal: { precision, scale },
    logical: { id: 5, of: structOf({ 1: i32(scale), 2: i32(precision) }) },
  }
  if (precision <= 9) return { type: int32s, width: 4, order: 'signed', ...about }
  if (precision <= 18) return { type: int64s, width: 8, order: 'signed', ...about }
  // The fewest bytes that hold a signed number of so many digits.
  const width = Math.ceil((precision * Math.log2(10) + 1) / 8)
  return { type: fixedBytes, width, length: width, order: 'number', ...about }
}

const timeOf = (utc: boolean, unit: 's' | 'ms' | 'us' | 'ns'): ThriftStruct =>
  structOf({ 1: bool(utc), 2: struct(structOf({ [{ s: 1, ms: 1, us: 2, ns: 3 }[unit]]: struct(empty) })) })

/** A column's type without the lists around it, and how its values are stored; null: it holds structs or deeper lists. */
export function leafOf(type: ColumnType): { readonly type: ColumnType; readonly physical: Physical } | null {
  const leaf = type.kind === 'list' || type.kind === 'fixed' ? type.item : type
  const physical = physicalOf(leaf)
  return physical && { type: leaf, physical }
}

/** The path of a column's values in the schema. */
export const pathOf = ({ name, type }: Field): string[] => ('item' in type ? [name, 'list', 'item'] : [name])

const repetition = { optional: 1, repeated: 2 }

/** The elements of a column in a file's schema; every column, and every item of a list, may be null. */
export function schemaElements({ name, type }: Field): ThriftStruct[] {
  const { physical } = leafOf(type) as { physical: Physical }
  const { decimal, converted, logical } = physical
  const leaf = (named: string) =>
    structOf({
      1: i32(physical.type),
      2: physical.length === undefined ? undefined : i32(physical.length),
      3: i32(repetition.optional),
      4: text(named),
      6: converted === undefined ? undefined : i32(converted),
      7: decimal && i32(decimal.scale),
      8: decimal && i32(decimal.precision),
      10: logical && struct(structOf({ [logical.id]: struct(logical.of) })),
    })
  if (!('item' in type)) return [leaf(name)]
  const isList = { 6: i32(3), 10: struct(structOf({ 3: struct(empty) })) }
  return [
    structOf({ 3: i32(repetition.optional), 4: text(name), 5: i32(1), ...isList }),
    structOf({ 3: i32(repetition.repeated), 4: text('list'), 5: i32(1) }),
    leaf('item'),
  ]
}
