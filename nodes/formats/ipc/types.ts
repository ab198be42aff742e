import { type Batch, type Column, type ColumnType, type Field, type Schema, typeName } from '@headrace/runtime/sdk'
import type * as Arrow from 'apache-arrow'

type Library = typeof Arrow

/** The Arrow schema of columns; every field may hold nulls. */
export async function arrowSchema(fields: readonly Field[] | Schema): Promise<Arrow.Schema> {
  const arrow = await import('apache-arrow')
  return schemaOf(arrow, 'fields' in fields ? fields.fields : fields)
}

/** A batch as an apache-arrow RecordBatch over the same bytes: nothing is copied, so it lives as long as the batch. */
export async function toArrow(batch: Batch): Promise<Arrow.RecordBatch> {
  const arrow = await import('apache-arrow')
  const schema = schemaOf(arrow, batch.schema.fields)
  const children = batch.columns.map((column, i) => dataOf(arrow, column, schema.fields[i]?.type as Arrow.DataType))
  const struct = new arrow.Struct(schema.fields)
  return new arrow.RecordBatch(schema, arrow.makeData({ type: struct, length: batch.rows, nullCount: 0, children }))
}

function schemaOf(arrow: Library, fields: readonly Field[]): Arrow.Schema {
  return new arrow.Schema(fields.map(({ name, type }) => new arrow.Field(name, arrowType(arrow, type), true)))
}

/** The one table from column types to Arrow's. */
function arrowType(arrow: Library, type: ColumnType): Arrow.DataType {
  const item = (inner: ColumnType) => new arrow.Field('item', arrowType(arrow, inner), true)
  switch (type.kind) {
    case 'null':
      return new arrow.Null()
    case 'bool':
      return new arrow.Bool()
    case 'int':
      return new arrow.Int(type.signed, type.bits)
    case 'float':
      return new { 16: arrow.Float16, 32: arrow.Float32, 64: arrow.Float64 }[type.bits]()
    case 'decimal':
      return new arrow.Decimal(type.scale, type.precision, 128)
    case 'string':
      return new arrow.Utf8()
    case 'binary':
      return new arrow.Binary()
    case 'date':
      return new arrow.DateDay()
    case 'time':
      return new arrow.TimeMicrosecond()
    case 'timestamp': {
      const { SECOND: s, MILLISECOND: ms, MICROSECOND: us, NANOSECOND: ns } = arrow.TimeUnit
      return new arrow.Timestamp({ s, ms, us, ns }[type.unit], type.zone)
    }
    case 'list':
      return new arrow.List(item(type.item))
    case 'fixed':
      return new arrow.FixedSizeList(type.size, item(type.item))
    case 'struct':
      return new arrow.Struct(schemaOf(arrow, type.fields).fields)
  }
}

function dataOf(arrow: Library, column: Column, type: Arrow.DataType): Arrow.Data {
  const { length, values, offsets, validity, children } = column
  const nested = children.map((child, i) => dataOf(arrow, child, type.children[i]?.type as Arrow.DataType))
  // Decimals are four 32-bit words to apache-arrow, and two 64-bit ones to us.
  const words =
    column.type.kind === 'decimal' && values ? new Uint32Array(values.buffer, values.byteOffset, length * 4) : values
  const buffers = [offsets, words, column.nulls ? validity : null, undefined]
  // A cast: the tuple's element types depend on the column's type, which is known only at run time.
  return new arrow.Data(type, 0, length, column.nulls, buffers as never, nested)
}

/** The column type of an Arrow type that `arrowType` gives; null for all others. Needs no library. */
export function columnTypeOf(type: Arrow.DataType): ColumnType | null {
  // A cast: apache-arrow's classes are told apart by `typeId`, which TypeScript does not follow.
  const about = type as unknown as AboutType
  const inner = (about.children ?? []).map((field) => columnTypeOf(field.type))
  if (inner.includes(null)) return null
  const item = inner[0] as ColumnType
  switch (about.typeId) {
    case 1:
      return { kind: 'null' }
    case 2:
      return { kind: 'int', bits: about.bitWidth, signed: about.isSigned }
    case 3:
      return { kind: 'float', bits: ([16, 32, 64] as const)[about.precision] as 16 | 32 | 64 }
    case 4:
      return { kind: 'binary' }
    case 5:
      return { kind: 'string' }
    case 6:
      return { kind: 'bool' }
    case 7:
      return about.bitWidth > 128 ? null : { kind: 'decimal', precision: about.precision, scale: about.scale }
    case 8:
      return about.unit === 0 ? { kind: 'date' } : null
    case 9:
      return about.unit === 2 ? { kind: 'time' } : null
    case 10: {
      const unit = (['s', 'ms', 'us', 'ns'] as const)[about.unit]
      return unit ? { kind: 'timestamp', unit, zone: about.timezone ?? null } : null
    }
    case 12:
      return { kind: 'list', item }
    case 13:
      return {
        kind: 'struct',
        fields: about.children.map(({ name }, i) => ({ name, type: inner[i] as ColumnType })),
      }
    case 16:
      return { kind: 'fixed', item, size: about.listSize }
    default:
      return null
  }
}

interface AboutType {
  readonly typeId: number
  readonly bitWidth: 8 | 16 | 32 | 64
  readonly isSigned: boolean
  readonly precision: number
  readonly scale: number
  readonly unit: number
  readonly timezone?: string | null
  readonly listSize: number
  readonly children: readonly { readonly name: string; readonly type: Arrow.DataType }[]
}

/** An Arrow type in our words where there are some, else in Arrow's. */
function arrowTypeName(type: Arrow.DataType): string {
  const ours = columnTypeOf(type)
  return ours ? typeName(ours) : String(type)
}

/** An Arrow schema's columns in the words of `Schema.toString`. */
export const columnTypeNames = (schema: Arrow.Schema): string =>
  schema.fields.map((field) => `${field.name}: ${arrowTypeName(field.type)}`).join(', ')
