import type * as Bindings from '@duckdb/node-bindings'
import { type ColumnType, decimal, type Field, fixed, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import type { DuckDB } from '../parquet/duckdb.ts'
import { duckType } from '../parquet/vector.ts'
import { name } from './database.ts'
import { vectorWidth } from './layout.ts'

/** A type as DuckDB writes it; null for one that it has not. */
export function sqlType(type: ColumnType): string | null {
  switch (type.kind) {
    case 'null':
      return 'INTEGER'
    case 'bool':
      return 'BOOLEAN'
    case 'int':
      return `${type.signed ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits]}`
    case 'float':
      return type.bits === 64 ? 'DOUBLE' : 'FLOAT'
    case 'decimal': {
      const { precision, scale } = type
      return scale < 0 || scale > precision || precision > 38 ? null : `DECIMAL(${precision}, ${scale})`
    }
    case 'string':
      return 'VARCHAR'
    case 'binary':
      return 'BLOB'
    case 'date':
      return 'DATE'
    case 'time':
      return 'TIME'
    case 'timestamp':
      if (type.zone !== null) return 'TIMESTAMPTZ'
      return { s: 'TIMESTAMP_S', ms: 'TIMESTAMP_MS', us: 'TIMESTAMP', ns: 'TIMESTAMP_NS' }[type.unit]
    case 'list':
      return within(type.item, (item) => `${item}[]`)
    case 'fixed':
      return within(type.item, (item) => `${item}[${type.size}]`)
    case 'struct': {
      const fields = type.fields.map((field) => within(field.type, (inner) => `${name(field.name)} ${inner}`))
      return fields.length === 0 || fields.includes(null) ? null : `STRUCT(${fields.join(', ')})`
    }
  }
}

function within(type: ColumnType, write: (inner: string) => string): string | null {
  const inner = sqlType(type)
  return inner === null ? null : write(inner)
}

/** The type in which a column that was staged apart comes (see `Manner`), whatever it is. */
export function apartType(type: ColumnType): string {
  switch (type.kind) {
    case 'null':
      return 'BOOLEAN'
    case 'time':
    case 'timestamp':
      return 'BIGINT'
    case 'list':
      return `${apartType(type.item)}[]`
    case 'fixed':
      return vectorWidth(type) ? 'BLOB' : `${apartType(type.item)}[]`
    case 'struct':
      if (type.fields.length === 0) return 'BOOLEAN'
      return `STRUCT(${type.fields.map((field, i) => `f${i} ${apartType(field.type)}`).join(', ')})`
    default:
      return sqlType(type) ?? 'BIGINT'
  }
}

/** A table of the columns of staged rows without one: for an input of which nothing was staged. */
export function emptyRows(fields: readonly Field[]): string {
  const columns = fields.map(({ type }, i) => `NULL::${apartType(type)} AS c${i}`)
  return `(SELECT ${[...columns, '0::UINTEGER AS f', '0::UINTEGER AS g', '0::UINTEGER AS h'].join(', ')} WHERE false)`
}

/** The type of a query's column; null for one that Headrace has not (a union, a time with a zone). */
export function typeOfResult(duckdb: DuckDB, type: Bindings.LogicalType): ColumnType | null {
  const id = duckdb.get_type_id(type)
  const flat = flatTypes[id]
  if (flat) return flat
  switch (id) {
    case duckType.decimal:
      return decimal(duckdb.decimal_width(type), duckdb.decimal_scale(type))
    case duckType.list:
      return wrapped(typeOfResult(duckdb, duckdb.list_type_child_type(type)), list)
    case duckType.array:
      return wrapped(typeOfResult(duckdb, duckdb.array_type_child_type(type)), (item) =>
        fixed(item, duckdb.array_type_array_size(type)),
      )
    case duckType.struct: {
      const fields = Array.from({ length: duckdb.struct_type_child_count(type) }, (_, i) => ({
        name: duckdb.struct_type_child_name(type, i),
        type: typeOfResult(duckdb, duckdb.struct_type_child_type(type, i)),
      }))
      return fields.every((field): field is Field => field.type !== null) ? struct(fields) : null
    }
    case duckType.map: {
      const key = typeOfResult(duckdb, duckdb.map_type_key_type(type))
      const value = typeOfResult(duckdb, duckdb.map_type_value_type(type))
      return (
        key &&
        value &&
        list(
          struct([
            { name: 'key', type: key },
            { name: 'value', type: value },
          ]),
        )
      )
    }
    default:
      return null
  }
}

const wrapped = (item: ColumnType | null, wrap: (item: ColumnType) => ColumnType): ColumnType | null =>
  item && wrap(item)

/** DuckDB's numbers of types that are used here and nowhere else. */
const more = { enum: 23, sqlNull: 36 }

const flatTypes: Readonly<Record<number, ColumnType>> = {
  [duckType.bool]: types.bool,
  [duckType.tinyint]: types.int8,
  [duckType.smallint]: types.int16,
  [duckType.integer]: types.int32,
  [duckType.bigint]: types.int64,
  [duckType.utinyint]: types.uint8,
  [duckType.usmallint]: types.uint16,
  [duckType.uinteger]: types.uint32,
  [duckType.ubigint]: types.uint64,
  // What sum() makes of whole numbers: an int64 where it fits, else the run stops and says so.
  [duckType.hugeint]: types.int64,
  [duckType.float]: types.float32,
  [duckType.double]: types.float64,
  [duckType.varchar]: types.string,
  [more.enum]: types.string,
  [duckType.uuid]: types.string,
  [duckType.interval]: types.string,
  [duckType.blob]: types.binary,
  [duckType.date]: types.date,
  [duckType.time]: types.time,
  [duckType.timeNs]: types.time,
  [duckType.timestamp]: timestamp('us'),
  [duckType.timestampS]: timestamp('s'),
  [duckType.timestampMs]: timestamp('ms'),
  [duckType.timestampNs]: timestamp('ns'),
  [duckType.timestampTz]: timestamp('us', 'UTC'),
  [more.sqlNull]: types.null,
}
