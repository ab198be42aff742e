import { thrift } from '../thrift.ts'
import { notOurs } from './notours.ts'

/** Parquet's encodings, as parquet.thrift numbers them. */
export const encoding = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  dictionary: 8,
  byteStreamSplit: 9,
} as const

/** What stands before a page (parquet.thrift, PageHeader). */
export interface PageHeader {
  readonly kind: 'dictionary' | 'first' | 'second'
  /** Of the header itself. */
  readonly headerBytes: number
  /** As it lies in the file, and as it is once unpacked; levels included. */
  readonly packedBytes: number
  readonly pageBytes: number
  readonly crc: number | null
  /** Values, nulls included. */
  readonly values: number
  /** Where it says so. */
  readonly rows: number | null
  readonly encoding: number
  /** The second version: bytes of repetition levels and of all levels, which are not packed. */
  readonly repeatBytes: number
  readonly levelBytes: number
  readonly packed: boolean
}

interface Reader {
  readonly bytes: Uint8Array
  at: number
}

/** A struct's whole numbers, bools and structs, each with its type's code; other fields of known types are passed by. */
type Fields = Map<number, { readonly type: number; readonly value: number | Fields }>

/** Reads the header at the beginning of `bytes`; stricter than Thrift, since whatever is odd is left to DuckDB. */
export function readPageHeader(bytes: Uint8Array): PageHeader {
  const reader = { bytes, at: 0 }
  const fields = readStruct(reader, 0)
  const common = {
    headerBytes: reader.at,
    pageBytes: countAt(fields, 2),
    packedBytes: countAt(fields, 3),
    rows: null,
    crc: fields.has(4) ? i32At(fields, 4) : null,
    repeatBytes: 0,
    levelBytes: 0,
    packed: true,
  }
  switch (i32At(fields, 1)) {
    case 0: {
      const page = structAt(fields, 5)
      // Levels of other encodings are of files from before 2013.
      for (const levels of [3, 4]) {
        if (i32At(page, levels) !== encoding.rle && i32At(page, levels) !== 4) notOurs('the levels are not RLE')
      }
      return { ...common, kind: 'first', values: countAt(page, 1), encoding: i32At(page, 2) }
    }
    case 2: {
      const page = structAt(fields, 7)
      return { ...common, kind: 'dictionary', values: countAt(page, 1), encoding: i32At(page, 2) }
    }
    case 3: {
      const page = structAt(fields, 8)
      const repeatBytes = countAt(page, 6)
      countAt(page, 2)
      return {
        ...common,
        kind: 'second',
        values: countAt(page, 1),
        rows: countAt(page, 3),
        encoding: i32At(page, 4),
        repeatBytes,
        levelBytes: repeatBytes + countAt(page, 5),
        packed: page.get(7)?.value !== 0,
      }
    }
    default:
      return notOurs('a page of another kind')
  }
}

function i32At(fields: Fields, id: number): number {
  const field = fields.get(id)
  if (field?.type !== thrift.i32) return notOurs(`field ${id} of a page's header is missing`)
  return field.value as number
}

function countAt(fields: Fields, id: number): number {
  const count = i32At(fields, id)
  return count < 0 ? notOurs('a negative count') : count
}

function structAt(fields: Fields, id: number): Fields {
  const field = fields.get(id)
  return field?.value instanceof Map ? field.value : notOurs(`field ${id} of a page's header is missing`)
}

function readStruct(reader: Reader, depth: number): Fields {
  if (depth > 4) notOurs('a header that is nested too deep')
  const fields: Fields = new Map()
  for (let id = 0; ; ) {
    const head = readByte(reader)
    if (head === 0) return fields
    if (head >> 4 === 0) notOurs('a field whose number is written out')
    id += head >> 4
    const type = head & 15
    const value = readField(reader, type, depth)
    if (value !== null) fields.set(id, { type, value })
  }
}

function readField(reader: Reader, type: number, depth: number): number | Fields | null {
  switch (type) {
    case thrift.true:
      return 1
    case thrift.false:
      return 0
    case thrift.byte:
      readByte(reader)
      return null
    case thrift.i32: {
      const zigzag = readVarint(reader)
      if (zigzag > 0xffffffff) notOurs('a number that is too large')
      return (zigzag >>> 1) ^ -(zigzag & 1)
    }
    case thrift.i16:
    case thrift.i64:
      readVarint(reader)
      return null
    case thrift.binary: {
      const length = readVarint(reader)
      if (length > reader.bytes.length - reader.at) notOurs('a header that goes over the end')
      reader.at += length
      return null
    }
    case thrift.struct:
      return readStruct(reader, depth + 1)
    default:
      return notOurs('a field of a type that headers do not have')
  }
}

function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.at++]
  return byte === undefined ? notOurs('a header that goes over the end') : byte
}

/** Exact below 2^53; what is longer is a statistic, whose value nobody asks for. */
function readVarint(reader: Reader): number {
  let value = 0
  for (let scale = 1, i = 0; i < 10; i++, scale *= 128) {
    const byte = readByte(reader)
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
  return notOurs('a number of more than 64 bits')
}
