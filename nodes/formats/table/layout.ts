import { type ColumnType, layout } from '@headrace/runtime/sdk'
import { type ThriftStruct, type ThriftValue, thrift } from '../parquet/thrift.ts'
import {
  type PutValues,
  putBools,
  putHalves,
  putLongDecimals,
  putSeconds,
  putSmall,
  putTexts,
  putTrue,
  putVectors,
  putWords,
} from './values.ts'

/**
 * How a column of a type is staged. `apart`: nobody looks at the values, so that a vector is one piece of bytes and a
 * timestamp a whole number, which no engine can bend; `plain`: as the types that queries know.
 */
export type Manner = 'apart' | 'plain'

/** A node of a Parquet schema: a leaf with values, a struct, or a list (a group with a repeated group in it). */
export type Shape =
  | { readonly kind: 'leaf'; readonly name: string; readonly leaf: Leaf }
  | { readonly kind: 'struct'; readonly name: string; readonly children: readonly Shape[] }
  | { readonly kind: 'list'; readonly name: string; readonly size: number | null; readonly item: Shape }

export interface Leaf {
  /** BOOLEAN 0, INT32 1, INT64 2, FLOAT 4, DOUBLE 5, BYTE_ARRAY 6, FIXED_LEN_BYTE_ARRAY 7. */
  readonly physical: number
  /** PLAIN 0, DELTA_LENGTH_BYTE_ARRAY 6. */
  readonly encoding: number
  /** What else the schema says of it, by parquet.thrift's numbers of SchemaElement. */
  readonly about: ThriftStruct
  readonly put: PutValues
}

const physical = { bool: 0, int32: 1, int64: 2, float: 4, double: 5, bytes: 6, fixed: 7 }

/** The shape in which columns of a type are staged. */
export function shapeOf(name: string, type: ColumnType, manner: Manner): Shape {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', name, size: null, item: shapeOf('element', type.item, manner) }
    case 'fixed': {
      const width = vectorWidth(type)
      if (manner === 'plain' || width === 0) {
        return { kind: 'list', name, size: type.size, item: shapeOf('element', type.item, manner) }
      }
      const bytes = type.size * width + ((type.size + 7) >> 3)
      return leaf(name, physical.fixed, putVectors(type.size, width), [[2, thrift.i32, bytes]])
    }
    case 'struct':
      if (type.fields.length === 0) return leaf(name, physical.bool, putTrue)
      return {
        kind: 'struct',
        name,
        // Names that differ in case only are one to DuckDB: by place.
        children: type.fields.map((field, i) => shapeOf(manner === 'plain' ? field.name : `f${i}`, field.type, manner)),
      }
    default:
      return flatShape(name, type, manner)
  }
}

/** Bytes of an item where a fixed list's items are numbers, else 0: such a list is staged as one piece of bytes. */
export function vectorWidth(type: ColumnType & { kind: 'fixed' }): number {
  const item = layout(type.item)
  return item?.perRow === 1 ? item.array.BYTES_PER_ELEMENT : 0
}

function flatShape(
  name: string,
  type: Exclude<ColumnType, { kind: 'list' | 'struct' | 'fixed' }>,
  manner: Manner,
): Shape {
  switch (type.kind) {
    case 'null':
    case 'bool':
      return leaf(name, physical.bool, putBools)
    case 'int': {
      const converted = (type.signed ? 15 : 11) + Math.log2(type.bits / 8)
      const about: About[] = [[6, thrift.i32, converted]]
      if (type.bits === 64) return leaf(name, physical.int64, putWords(2), about)
      return leaf(name, physical.int32, type.bits === 32 ? putWords(1) : putSmall, about)
    }
    case 'float':
      if (type.bits === 64) return leaf(name, physical.double, putWords(2))
      return leaf(name, physical.float, type.bits === 32 ? putWords(1) : putHalves)
    case 'decimal': {
      const about: About[] = [
        [6, thrift.i32, 5],
        [7, thrift.i32, type.scale],
        [8, thrift.i32, type.precision],
      ]
      if (type.precision <= 18) return leaf(name, physical.int64, putWords(2, 4), about)
      return leaf(name, physical.fixed, putLongDecimals, [[2, thrift.i32, 16], ...about])
    }
    case 'string':
      return leaf(name, physical.bytes, putTexts, [[6, thrift.i32, 0]])
    case 'binary':
      return leaf(name, physical.bytes, putTexts)
    case 'date':
      return leaf(name, physical.int32, putWords(1), [[6, thrift.i32, 6]])
    case 'time':
      return leaf(name, physical.int64, putWords(2), manner === 'plain' ? [[6, thrift.i32, 8]] : [])
    case 'timestamp':
      if (manner === 'apart') return leaf(name, physical.int64, putWords(2))
      return leaf(name, physical.int64, type.unit === 's' ? putSeconds : putWords(2), timestampAbout(type))
  }
}

type About = [id: number, type: number, value: ThriftValue]

function leaf(name: string, physicalType: number, put: PutValues, about: readonly About[] = []): Shape {
  const encoding = physicalType === physical.bytes ? 6 : 0
  const struct: ThriftStruct = new Map(about.map(([id, type, value]) => [id, { type, value }]))
  return { kind: 'leaf', name, leaf: { physical: physicalType, encoding, about: struct, put } }
}

/** A logical type TIMESTAMP; seconds, which Parquet lacks, are milliseconds there. */
function timestampAbout({ unit, zone }: ColumnType & { kind: 'timestamp' }): About[] {
  const number = { s: 1, ms: 1, us: 2, ns: 3 }[unit]
  const units: ThriftStruct = new Map([[number, { type: thrift.struct, value: new Map() }]])
  const timestamp: ThriftStruct = new Map<number, { type: number; value: ThriftValue }>([
    [1, { type: thrift.true, value: zone !== null }],
    [2, { type: thrift.struct, value: units }],
  ])
  return [[10, thrift.struct, new Map([[8, { type: thrift.struct, value: timestamp }]])]]
}
