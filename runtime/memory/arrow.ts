import {
  Field as ArrowField,
  Schema as ArrowSchema,
  Binary,
  Bool,
  type Data,
  DataType,
  DateDay,
  Decimal,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  makeData,
  Null,
  RecordBatch,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import type { Schema } from '../pipeline/schema.ts'
import type { ColumnType, TimeUnit } from '../pipeline/types.ts'
import { type ArrowArray, type ArrowType, columnFrom, columnTypeFrom } from './arrowlayout.ts'
import type { Batch } from './batch.ts'
import type { Column, TypedArray } from './column.ts'
import type { Scope } from './scope.ts'

// apache-arrow takes 60 ms to load: only who needs its classes imports this file, through `@headrace/runtime/arrow`.

/** The batch as an apache-arrow RecordBatch over the same bytes: nothing is copied, and it is valid as long as the batch is held. */
export function toArrow(batch: Batch): RecordBatch {
  const schema = arrowSchema(batch.schema)
  const children = batch.columns.map((column) => arrowData(column))
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: batch.rows, nullCount: 0, children }),
  )
}

/** The schema as apache-arrow's; every field may hold nulls. */
export function arrowSchema(schema: Pick<Schema, 'fields'>): ArrowSchema {
  return new ArrowSchema(schema.fields.map(({ name, type }) => ArrowField.new(name, arrowType(type), true)))
}

// Written out because apache-arrow does not export the types that would be inferred.
type Maker = new (zone?: string | null) => DataType

const unitNames: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns']
const integers: Record<8 | 16 | 32 | 64, Maker> = { 8: Int8, 16: Int16, 32: Int32, 64: Int64 }
const unsigned: Record<8 | 16 | 32 | 64, Maker> = { 8: Uint8, 16: Uint16, 32: Uint32, 64: Uint64 }
const floats: Record<16 | 32 | 64, Maker> = { 16: Float16, 32: Float32, 64: Float64 }
const timestamps: Record<TimeUnit, Maker> = {
  s: TimestampSecond,
  ms: TimestampMillisecond,
  us: TimestampMicrosecond,
  ns: TimestampNanosecond,
}

/** A column's type as apache-arrow's. */
function arrowType(type: ColumnType): DataType {
  switch (type.kind) {
    case 'null':
      return new Null()
    case 'bool':
      return new Bool()
    case 'int':
      return new (type.signed ? integers : unsigned)[type.bits]()
    case 'float':
      return new floats[type.bits]()
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128)
    case 'string':
      return new Utf8()
    case 'binary':
      return new Binary()
    case 'date':
      return new DateDay()
    case 'time':
      return new TimeMicrosecond()
    case 'timestamp':
      return new timestamps[type.unit](type.zone)
    case 'list':
      return new List(ArrowField.new('item', arrowType(type.item), true))
    case 'fixed':
      return new FixedSizeList(type.size, ArrowField.new('item', arrowType(type.item), true))
    case 'struct':
      return new Struct(type.fields.map((field) => ArrowField.new(field.name, arrowType(field.type), true)))
  }
}

/** A column as apache-arrow's Data over the same bytes. */
export function arrowData(column: Column): Data {
  const { type, length, nulls, validity, offsets, values } = column
  const children = column.children.map((child) => arrowData(child))
  const base = { type: arrowType(type), length, nullCount: nulls, nullBitmap: nulls ? validity : null }
  // makeData picks its overload by the type object; here one shape serves all.
  const make = makeData as (properties: object) => Data
  switch (type.kind) {
    case 'string':
    case 'binary':
    case 'list':
      return make({ ...base, valueOffsets: offsets ?? new Int32Array(1), data: values, child: children[0] })
    case 'fixed':
      return make({ ...base, child: children[0] })
    case 'struct':
      return make({ ...base, children })
    case 'decimal':
      return make({ ...base, data: words(values as TypedArray) })
    default:
      return make({ ...base, data: values })
  }
}

const words = (values: TypedArray): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4)

/** The column type that an apache-arrow type becomes; the table is `columnTypeFrom`'s. */
export const columnTypeOf = (type: DataType): ColumnType => columnTypeFrom(describeType(type))

/** The columns of an apache-arrow RecordBatch or Data: what already lies in the scope's pool is shared, the rest copied in. */
export function fromArrow(scope: Scope, from: RecordBatch | Data): Column[] {
  const columns = from instanceof RecordBatch ? from.data.children : [from]
  return columns.map((data) => columnFrom(scope, describeData(data)))
}

/** An apache-arrow type in neutral words. */
function describeType(type: DataType): ArrowType {
  const children = (type.children ?? []).map((field) => ({ name: field.name, type: describeType(field.type) }))
  const item: ArrowType = children[0]?.type ?? { kind: 'null' }
  if (DataType.isDictionary(type)) {
    return { kind: 'dictionary', index: describeType(type.indices), values: describeType(type.dictionary) }
  }
  if (DataType.isInt(type)) return { kind: 'int', bits: type.bitWidth, signed: type.isSigned }
  if (DataType.isFloat(type)) return { kind: 'float', bits: ([16, 32, 64] as const)[type.precision] }
  if (DataType.isDecimal(type)) {
    return { kind: 'decimal', bits: type.bitWidth, precision: type.precision, scale: type.scale }
  }
  if (DataType.isBool(type)) return { kind: 'bool' }
  if (DataType.isUtf8(type)) return { kind: 'bytes', text: true, layout: 'offsets' }
  if (DataType.isBinary(type)) return { kind: 'bytes', text: false, layout: 'offsets' }
  if (DataType.isLargeUtf8(type)) return { kind: 'bytes', text: true, layout: 'large' }
  if (DataType.isLargeBinary(type)) return { kind: 'bytes', text: false, layout: 'large' }
  if (DataType.isFixedSizeBinary(type)) return { kind: 'fixedBytes', size: type.byteWidth }
  if (DataType.isDate(type)) return { kind: 'date', unit: type.unit === 0 ? 'day' : 'ms' }
  if (DataType.isTime(type)) return { kind: 'time', unit: unitNames[type.unit] as TimeUnit }
  if (DataType.isTimestamp(type)) {
    return { kind: 'timestamp', unit: unitNames[type.unit] as TimeUnit, zone: type.timezone || null }
  }
  if (DataType.isDuration(type)) return { kind: 'duration', unit: unitNames[type.unit] as TimeUnit }
  if (DataType.isInterval(type)) {
    return { kind: 'interval', unit: (['months', 'days', 'nanos'] as const)[type.unit] ?? 'nanos' }
  }
  if (DataType.isList(type) || DataType.isMap(type)) return { kind: 'list', item, layout: 'offsets' }
  if (DataType.isFixedSizeList(type)) return { kind: 'fixedList', item, size: type.listSize }
  if (DataType.isStruct(type)) return { kind: 'struct', fields: children }
  if (DataType.isUnion(type)) {
    return { kind: 'union', dense: type.mode === 1, ids: Array.from(type.typeIds), fields: children }
  }
  return { kind: 'null' }
}

function describeData(data: Data): ArrowArray {
  const dictionary = data.dictionary
  return {
    type: describeType(data.type),
    length: data.length,
    // apache-arrow cuts values and offsets where a slice begins, bitmaps not.
    bitOffset: data.offset,
    validity: data.nullCount > 0 && data.nullBitmap && data.nullBitmap.length > 0 ? data.nullBitmap : null,
    offsets: data.valueOffsets ?? null,
    values: (data.values as TypedArray | undefined) ?? null,
    typeIds: data.typeIds ? (data.typeIds as Int8Array) : null,
    children: data.children.map((child) => describeData(child)),
    dictionary: dictionary ? dictionary.data.map((part) => describeData(part)) : [],
  }
}
