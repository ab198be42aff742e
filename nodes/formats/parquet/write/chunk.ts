import type { Field } from '@headrace/runtime/sdk'
import { drop } from '../../spare.ts'
import { type ThriftStruct, writeThrift } from '../thrift.ts'
import { codecNumber, compress, type OwnCodec } from './compress.ts'
import { fitsDelta, writeDelta } from './delta.ts'
import { formOf } from './form.ts'
import type { Gathered, Values } from './gathered.ts'
import { bitsFor, writeHybrid } from './hybrid.ts'
import { openLevels } from './levels.ts'
import { int32s, int64s, pathOf } from './physical.ts'
import { writePlain } from './plain.ts'
import { Room } from './room.ts'
import { type Extremes, extremesOf, statisticsOf } from './statistics.ts'
import { bool, i32, i32s, i64, i64s, struct, structOf, structs, texts } from './thrift-values.ts'

/**
 * Bytes of a data page before compression, about: zstd at its first level looks for shorter repeats in up to 256 KB, which
 * took a third off pages of floats.
 */
const pageBytes = 240_000

/** parquet.thrift's `Encoding` and `PageType`. */
const encodings = { plain: 0, rle: 3, delta: 5, dictionary: 8 } as const
const [dataPage, dictionaryPage] = [0, 2]

/** A column's pages in a row group: how long they are, and what the footer says of them. */
export interface Chunk {
  readonly bytes: number
  readonly rawBytes: number
  /** The chunk's ColumnMetaData where its pages begin at byte `position`. */
  readonly meta: (position: number) => ThriftStruct
}

/** What a page is made in before it is compressed. */
const page = new Room()

/** Encodes a column's gathered rows and puts their pages to `out`. Whole numbers that lie too far apart are written plain. */
export function encodeChunk(field: Field, gathered: Gathered, codec: OwnCodec, out: Room): Chunk {
  const { physical } = gathered
  const { indices, values, delta } = formOf(field.type, gathered)
  let [bytes, rawBytes] = [0, 0]

  function put(type: number, about: Parameters<typeof structOf>[0]): void {
    const body = page.bytes.subarray(0, page.length)
    const compressed = compress(body, codec)
    const head = writeThrift(structOf({ 1: i32(type), 2: i32(body.length), 3: i32(compressed.length), ...about }))
    out.copy(head, 0, head.length)
    out.copy(compressed, 0, compressed.length)
    bytes += head.length + compressed.length
    rawBytes += head.length + body.length
    if (compressed !== body) drop(compressed)
    page.clear()
  }

  const extremes = extremesOf(physical, values)
  const encoder = indices
    ? indexEncoder(indices, values.count)
    : valueEncoder(values, delta && extremes !== null && canBeDelta(physical.type, values, extremes))
  if (indices) {
    writePlain(page, values, 0, values.count)
    put(dictionaryPage, {
      7: struct(structOf({ 1: i32(values.count), 2: i32(encodings.plain), 3: bool(false) })),
    })
  }
  const dataOffset = bytes
  const levels = openLevels(gathered)
  const rows = gathered.rows()
  const step = Math.max(8, Math.floor(((rows / Math.max(1, gathered.count())) * pageBytes) / encoder.bytes) & ~7)
  let [at, count, dataPages] = [0, 0, 0]
  for (let row = 0; row < rows; row += step) {
    const written = levels.write(page, row, Math.min(rows, row + step))
    encoder.write(page, at, at + written.values)
    at += written.values
    count += written.levels
    dataPages++
    const head = { 1: i32(written.levels), 2: i32(encoder.encoding), 3: i32(encodings.rle), 4: i32(encodings.rle) }
    put(dataPage, { 5: struct(structOf(head)) })
  }

  const statistics = statisticsOf(physical, extremes, count - at, gathered.type.kind === 'string')
  const used = (type: number, encoding: number, pagesOf: number) =>
    structOf({ 1: i32(type), 2: i32(encoding), 3: i32(pagesOf) })
  const { repetitions, definitions } = levels.counts
  const textBytes = gathered.textBytes()
  return {
    bytes,
    rawBytes,
    meta: (position) =>
      structOf({
        1: i32(physical.type),
        2: i32s(
          [...new Set([...(indices ? [encodings.plain] : []), encodings.rle, encoder.encoding])].sort((a, b) => a - b),
        ),
        3: texts(pathOf(field)),
        4: i32(codecNumber[codec]),
        5: i64(count),
        6: i64(rawBytes),
        7: i64(bytes),
        9: i64(position + dataOffset),
        11: indices ? i64(position) : undefined,
        12: struct(statistics),
        13: structs([
          used(dataPage, encoder.encoding, dataPages),
          ...(indices ? [used(dictionaryPage, encodings.plain, 1)] : []),
        ]),
        16: struct(
          structOf({
            1: textBytes === null ? undefined : i64(textBytes),
            2: repetitions.length ? i64s(repetitions) : undefined,
            3: i64s(definitions),
          }),
        ),
      }),
  }
}

/** Writes values of a page; `bytes` is about what one takes. */
interface ValueEncoder {
  readonly encoding: number
  readonly bytes: number
  readonly write: (out: Room, from: number, to: number) => void
}

function indexEncoder(indices: Uint32Array, size: number): ValueEncoder {
  // Some readers expect a bit also where there is one value.
  const width = Math.max(1, bitsFor(size - 1))
  return {
    encoding: encodings.dictionary,
    bytes: width / 8,
    write(out, from, to) {
      out.push(width)
      writeHybrid(out, indices, from, to, width)
    },
  }
}

const canBeDelta = (type: number, values: Values, { least, greatest }: Extremes): boolean =>
  type === int32s || (type === int64s && fitsDelta(values, least, greatest))

function valueEncoder(values: Values, delta: boolean): ValueEncoder {
  const { count, width, offsets } = values
  if (delta)
    return {
      encoding: encodings.delta,
      bytes: deltaBytes(values),
      write: (out, from, to) => writeDelta(out, values, from, to),
    }
  return {
    encoding: encodings.plain,
    bytes: width || 4 + (offsets?.[count] ?? 0) / Math.max(1, count),
    write: (out, from, to) => writePlain(out, values, from, to),
  }
}

/** Bytes of a number by the first ones; those behind them may differ by more, and then a page must not become too large. */
function deltaBytes(values: Values): number {
  const some = Math.min(values.count, 1024)
  writeDelta(page, values, 0, some)
  const bytes = page.length / Math.max(1, some)
  page.clear()
  return Math.max(values.width / 8, bytes)
}
