import type * as Bindings from '@duckdb/node-bindings'
import { bitAt, type ColumnType, HeadraceError, typeName } from '@headrace/runtime/sdk'
import type { DuckDB } from './duckdb.ts'

/**
 * A DuckDB vector's memory, copied out. `data` by type: numbers as they are; bool one byte; strings, bytes and geometry
 * 16 bytes a row (length, then the text up to 12 bytes, or its first 4 and a pointer); lists 16 bytes a row (offset,
 * length); uuid, interval and decimals over 18 digits 16 bytes a row.
 */
export interface Vector {
  readonly id: number
  readonly length: number
  readonly data: Uint8Array
  /** Bits, lowest first, 1 = not null; null where no row is. */
  readonly validity: Uint8Array | null
  /** A list's items, a struct's fields. */
  readonly children: readonly Vector[]
  readonly decimal: { readonly width: number; readonly bytes: number } | null
  /** The bytes at the pointer that stands at byte `at` of `data`. Only for rows that are not null. */
  readonly follow: (at: number, count: number) => Uint8Array
}

/** Rows of a vector, half open; `vector: null` stands for rows that are null. */
export interface Rows {
  readonly vector: Vector | null
  readonly start: number
  readonly end: number
}

/** DuckDB's type ids that are used by name. */
export const duckType = {
  bool: 1,
  tinyint: 2,
  smallint: 3,
  integer: 4,
  bigint: 5,
  utinyint: 6,
  usmallint: 7,
  uinteger: 8,
  ubigint: 9,
  float: 10,
  double: 11,
  timestamp: 12,
  date: 13,
  time: 14,
  interval: 15,
  hugeint: 16,
  varchar: 17,
  blob: 18,
  decimal: 19,
  timestampS: 20,
  timestampMs: 21,
  timestampNs: 22,
  list: 24,
  struct: 25,
  map: 26,
  uuid: 27,
  timeTz: 30,
  timestampTz: 31,
  array: 33,
  timeNs: 39,
  geometry: 40,
} as const

const bytesPerRow: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 2,
  8: 4,
  9: 8,
  10: 4,
  11: 8,
  12: 8,
  13: 4,
  14: 8,
  15: 16,
  16: 16,
  17: 16,
  18: 16,
  20: 8,
  21: 8,
  22: 8,
  24: 16,
  26: 16,
  27: 16,
  30: 8,
  31: 8,
  32: 16,
  39: 8,
  40: 16,
}

/** What stands in one place of all chunks of a result. */
export interface VectorKind {
  readonly id: number
  readonly decimal: Vector['decimal']
  /** Bytes of a row in `data`. */
  readonly width: number
  /** An array's items a row. */
  readonly items: number
  readonly children: readonly VectorKind[]
}

/** Asks for a vector's kind: once a result, since each type that is asked for is an object of DuckDB to be freed. */
export function kindOf(duckdb: DuckDB, vector: Bindings.Vector): VectorKind {
  const type = duckdb.vector_get_column_type(vector)
  const id = duckdb.get_type_id(type)
  const decimal = id === duckType.decimal ? decimalOf(duckdb, type) : null
  const fields = id === duckType.struct ? duckdb.struct_type_child_count(type) : 1
  return {
    id,
    decimal,
    width: decimal?.bytes ?? bytesPerRow[id] ?? 0,
    items: id === duckType.array ? duckdb.array_type_array_size(type) : 0,
    children: childrenOf(duckdb, vector, id, fields).map((child) => kindOf(duckdb, child)),
  }
}

/** Copies a vector and its children out of a chunk, which must stay reachable as long as `follow` is used. */
export function loadVector(
  duckdb: DuckDB,
  vector: Bindings.Vector,
  length: number,
  kind: VectorKind = kindOf(duckdb, vector),
): Vector {
  const { id, decimal, width } = kind
  const data = width && length ? duckdb.vector_get_data(vector, width * length) : new Uint8Array(0)
  return {
    id,
    length,
    data,
    // Null where DuckDB keeps no mask, although the declaration does not say so.
    validity: length ? duckdb.vector_get_validity(vector, ((length + 63) >> 6) * 8) : null,
    children: childrenOf(duckdb, vector, id, kind.children.length).map((child, i) =>
      loadVector(duckdb, child, lengthOf(duckdb, vector, length, kind), kind.children[i]),
    ),
    decimal,
    follow: (at, count) => duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + at, count),
  }
}

/** Whether a row of a vector is not null. */
export const isSet = (vector: Vector, row: number): boolean => vector.validity === null || bitAt(vector.validity, row)

/** The error for a vector that is not what the file's footer promised. */
export function unexpected(vector: Vector, type: ColumnType): HeadraceError {
  return new HeadraceError(
    'unsupported-type',
    `a column of type ${typeName(type)} comes as DuckDB's type ${vector.id}, which is not read.`,
    { hint: 'Leave the column out with the setting "columns".' },
  )
}

function decimalOf(duckdb: DuckDB, type: Bindings.LogicalType): { width: number; bytes: number } {
  const width = duckdb.decimal_width(type)
  return { width, bytes: width > 18 ? 16 : width > 9 ? 8 : width > 4 ? 4 : 2 }
}

function childrenOf(duckdb: DuckDB, vector: Bindings.Vector, id: number, fields: number): Bindings.Vector[] {
  switch (id) {
    case duckType.struct:
      return Array.from({ length: fields }, (_, i) => duckdb.struct_vector_get_child(vector, i))
    case duckType.list:
    case duckType.map:
      return [duckdb.list_vector_get_child(vector)]
    case duckType.array:
      return [duckdb.array_vector_get_child(vector)]
    default:
      return []
  }
}

/** Of the children of a vector with so many rows. */
function lengthOf(duckdb: DuckDB, vector: Bindings.Vector, length: number, { id, items }: VectorKind): number {
  if (id === duckType.struct) return length
  return id === duckType.array ? length * items : duckdb.list_vector_get_size(vector)
}
