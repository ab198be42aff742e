import {
  type Batch,
  type Column,
  type ColumnType,
  type Field,
  fixed,
  list,
  Schema,
  type Scope,
  sameType,
  struct,
  timestamp,
} from '@headrace/runtime/sdk'
import type { Encoding, WriterPropertiesBuilder } from 'parquet-wasm'
import { openIpcStream } from '../ipc/stream.ts'
import { type Encoding as ChosenEncoding, openChooser } from './encodings.ts'
import { type Group, groupOf } from './stitch.ts'
import { canWrite, openOwnEncoder } from './write/encoder.ts'

/** The codecs that can be written; lz4 is Parquet's LZ4_RAW. */
export type Codec = 'zstd' | 'snappy' | 'gzip' | 'lz4' | 'none'

/** Gathers batches and makes complete small Parquet files of them, in memory. */
export interface Encoder {
  /** Copies a batch's bytes, so that it need not be held. */
  readonly add: (batch: Batch) => void
  readonly rows: () => number
  /** Bytes gathered, before compression. */
  readonly bytes: () => number
  /** What was gathered, as a file of one row group; without rows a file without row groups. Begins anew. */
  readonly finish: () => Uint8Array
  /**
   * The same as row group number `ordinal` of a file, at byte `position` there; not without rows. Its bytes hold until the
   * next row is added.
   */
  readonly group: (position: number, ordinal: number) => Group
  readonly close: () => void
}

const writtenFields = (fields: readonly Field[]): Field[] =>
  fields.map(({ name, type }) => ({ name, type: writtenType(type) }))

/** Whether our own encoder writes these columns; else parquet-wasm does. */
export const writesItself = (fields: readonly Field[], codec: Codec): boolean => canWrite(writtenFields(fields), codec)

/** Opens an encoder for batches of these columns: our own where it can write them, else parquet-wasm's. */
export async function openEncoder(
  fields: readonly Field[],
  codec: Codec,
  room: 'much' | 'little' = 'much',
): Promise<Encoder> {
  const written = writtenFields(fields)
  if (!canWrite(written, codec)) return await openWasmEncoder(fields, codec, room)
  return openOwnEncoder(fields, written, codec, room)
}

/** Loads parquet-wasm and apache-arrow (130 ms) and opens an encoder. */
export async function openWasmEncoder(
  fields: readonly Field[],
  codec: Codec,
  room: 'much' | 'little' = 'much',
): Promise<Encoder> {
  const parquet = await import('parquet-wasm')
  const { Compression, EnabledStatistics, Table, WriterPropertiesBuilder, writeParquet } = parquet
  const schema = new Schema(writtenFields(fields))
  const stream = await openIpcStream(schema, room === 'much' ? undefined : 1 << 10)
  const chooser = openChooser(schema)
  const compression = {
    zstd: Compression.ZSTD,
    snappy: Compression.SNAPPY,
    gzip: Compression.GZIP,
    lz4: Compression.LZ4_RAW,
    none: Compression.UNCOMPRESSED,
  }[codec]
  let rows = 0

  function finish(): Uint8Array {
    const builder = new WriterPropertiesBuilder()
      .setCompression(compression)
      .setStatisticsEnabled(EnabledStatistics.Chunk)
      .setMaxRowGroupSize(Math.max(1, rows))
    rows = 0
    const properties = withEncodings(builder, parquet.Encoding, schema, chooser.choose()).build()
    return writeParquet(Table.fromIPCStream(stream.finish()), properties)
  }

  return {
    add(batch) {
      if (batch.rows > 0) stream.add(batch.schema.equals(schema) ? batch : convert(batch, schema))
      chooser.add(batch)
      rows += batch.rows
    },
    rows: () => rows,
    bytes: stream.length,
    finish,
    group: (position, ordinal) => groupOf(finish(), position, ordinal),
    close: stream.close,
  }
}

/** The builder names columns by one word: what holds for the insides of lists and structs can be said for all of them only. */
function withEncodings(
  builder: WriterPropertiesBuilder,
  named: typeof Encoding,
  schema: Schema,
  chosen: readonly ChosenEncoding[],
): WriterPropertiesBuilder {
  const nested = chosen.filter((_, i) => isNested(schema.fields[i]?.type))
  const dictionaries = nested.length === 0 || nested.includes('dictionary')
  return schema.fields.reduce((properties, { name, type }, i) => {
    if (isNested(type)) return properties
    const one = properties.setColumnDictionaryEnabled(name, chosen[i] === 'dictionary')
    return chosen[i] === 'delta' ? one.setColumnEncoding(name, named.DELTA_BINARY_PACKED) : one
  }, builder.setDictionaryEnabled(dictionaries))
}

const isNested = (type?: ColumnType): boolean =>
  type?.kind === 'list' || type?.kind === 'fixed' || type?.kind === 'struct'

/** Parquet has no seconds: such timestamps are written in milliseconds. */
export function writtenType(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'timestamp':
      return type.unit === 's' ? timestamp('ms', type.zone) : type
    case 'list':
      return list(writtenType(type.item))
    case 'fixed':
      return fixed(writtenType(type.item), type.size)
    case 'struct':
      return struct(type.fields.map((field) => ({ name: field.name, type: writtenType(field.type) })))
    default:
      return type
  }
}

function convert(batch: Batch, schema: Schema): Batch {
  return batch.with(schema.fields.map((field, i) => [field, inMilliseconds(batch.scope, batch.column(i), field.type)]))
}

function inMilliseconds(scope: Scope, column: Column, type: ColumnType): Column {
  if (sameType(column.type, type)) return column
  if (column.type.kind !== 'timestamp') {
    const types = type.kind === 'struct' ? type.fields.map((field) => field.type) : 'item' in type ? [type.item] : []
    const children = column.children.map((child, i) => inMilliseconds(scope, child, types[i] as ColumnType))
    return { ...column, type, children }
  }
  const seconds = column.values as BigInt64Array
  const values = scope.allocate(BigInt64Array, column.length)
  for (let row = 0; row < column.length; row++) values[row] = (seconds[row] as bigint) * 1000n
  return { ...column, type, values }
}
