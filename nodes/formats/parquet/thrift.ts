import {
  advance,
  openReader,
  type Reader,
  readByte,
  readListHead,
  readSigned,
  readVarint,
  refuseDeep,
  set,
  thrift,
  unknownType,
} from './thriftreader.ts'

export { thrift }

/** What a compact Thrift message holds, whatever its schema: fields that we do not know stay as they are. */
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftList | ThriftStruct

/** A list of one element type. `encoded`: more elements, already in bytes, after `values`; only for writing. */
export interface ThriftList {
  readonly item: number
  readonly values: ThriftValue[]
  readonly encoded?: { readonly count: number; readonly bytes: Uint8Array }
}

/** A struct's fields by their ids, each with its type's code. */
export type ThriftStruct = Map<number, { readonly type: number; readonly value: ThriftValue }>

/**
 * Reads one struct of Apache Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md). Throws a
 * RangeError where the bytes are no such struct. `binary` values look at `bytes`.
 */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return readStruct(openReader(bytes), 0)
}

/** Writes a struct as `readThrift` gave it. */
export function writeThrift(struct: ThriftStruct): Uint8Array {
  const writer: Writer = { bytes: new Uint8Array(1 << 12), at: 0 }
  writeStruct(writer, struct)
  return writer.bytes.slice(0, writer.at)
}

/** The value of a field as a number; undefined where it is absent. */
export function numberAt(struct: ThriftStruct, id: number): number | undefined {
  const value = struct.get(id)?.value
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
}

/** The value of a field as a struct; undefined where it is absent. */
export function structAt(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = struct.get(id)?.value
  return value instanceof Map ? value : undefined
}

/** The structs in a field's list; none where it is absent. */
export function structsAt(struct: ThriftStruct, id: number): ThriftStruct[] {
  return listAt(struct, id).filter((value): value is ThriftStruct => value instanceof Map)
}

/** The value of a field as text; undefined where it is absent. */
export function textAt(struct: ThriftStruct, id: number): string | undefined {
  const value = struct.get(id)?.value
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined
}

function listAt(struct: ThriftStruct, id: number): ThriftValue[] {
  const value = struct.get(id)?.value
  return value && typeof value === 'object' && 'values' in value && 'item' in value ? value.values : []
}

function readStruct(reader: Reader, depth: number): ThriftStruct {
  refuseDeep(depth)
  const struct: ThriftStruct = new Map()
  let id = 0
  for (;;) {
    const head = readByte(reader)
    if (head === 0) return struct
    const step = head >> 4
    id = step === 0 ? Number(readSigned(reader)) : id + step
    const type = head & 15
    const value = type === thrift.true || type === thrift.false ? type === thrift.true : readValue(reader, type, depth)
    struct.set(id, { type, value })
  }
}

/** Reads a value; a bool stands in a byte of its own, as in lists. */
export function readValue(reader: Reader, type: number, depth: number): ThriftValue {
  switch (type) {
    case thrift.true:
    case thrift.false:
      return readByte(reader) === thrift.true
    case thrift.byte:
      return (readByte(reader) << 24) >> 24
    case thrift.i16:
    case thrift.i32:
    case thrift.i64:
      return readSigned(reader)
    case thrift.double:
      return reader.view.getFloat64(advance(reader, 8), true)
    case thrift.binary: {
      const length = Number(readVarint(reader))
      const start = advance(reader, length)
      return reader.bytes.subarray(start, start + length)
    }
    case thrift.list:
    case set:
      return readList(reader, depth)
    case thrift.struct:
      return readStruct(reader, depth + 1)
    default:
      throw unknownType(reader, type)
  }
}

function readList(reader: Reader, depth: number): ThriftList {
  const { item, length } = readListHead(reader)
  const values: ThriftValue[] = []
  for (let i = 0; i < length; i++) values.push(readValue(reader, item, depth + 1))
  return { item, values }
}

interface Writer {
  bytes: Uint8Array
  at: number
}

function writeStruct(writer: Writer, struct: ThriftStruct): void {
  let last = 0
  for (const [id, { type, value }] of [...struct].sort(([a], [b]) => a - b)) {
    const code = typeof value === 'boolean' ? (value ? thrift.true : thrift.false) : type
    const step = id - last
    if (step > 0 && step < 16) writeByte(writer, (step << 4) | code)
    else {
      writeByte(writer, code)
      writeSigned(writer, id)
    }
    if (typeof value !== 'boolean') writeValue(writer, code, value)
    last = id
  }
  writeByte(writer, 0)
}

function writeValue(writer: Writer, type: number, value: ThriftValue): void {
  if (typeof value === 'boolean') {
    writeByte(writer, value ? thrift.true : thrift.false)
  } else if (value instanceof Uint8Array) {
    writeVarint(writer, BigInt(value.length))
    writeBytes(writer, value)
  } else if (value instanceof Map) {
    writeStruct(writer, value)
  } else if (typeof value === 'object') {
    const { item, values, encoded } = value
    const count = values.length + (encoded?.count ?? 0)
    writeByte(writer, (Math.min(count, 15) << 4) | item)
    if (count >= 15) writeVarint(writer, BigInt(count))
    for (const one of values) writeValue(writer, item, one)
    if (encoded) writeBytes(writer, encoded.bytes)
  } else if (type === thrift.double) {
    reserve(writer, 8)
    new DataView(writer.bytes.buffer).setFloat64(writer.at, Number(value), true)
    writer.at += 8
  } else if (type === thrift.byte) {
    writeByte(writer, Number(value) & 255)
  } else {
    writeSigned(writer, value)
  }
}

function writeSigned(writer: Writer, value: number | bigint): void {
  const long = BigInt(value)
  writeVarint(writer, BigInt.asUintN(64, (long << 1n) ^ (long >> 63n)))
}

function writeVarint(writer: Writer, value: bigint): void {
  let rest = value
  for (; rest > 127n; rest >>= 7n) writeByte(writer, Number(rest & 127n) | 128)
  writeByte(writer, Number(rest))
}

function writeBytes(writer: Writer, bytes: Uint8Array): void {
  reserve(writer, bytes.length)
  writer.bytes.set(bytes, writer.at)
  writer.at += bytes.length
}

function writeByte(writer: Writer, byte: number): void {
  reserve(writer, 1)
  writer.bytes[writer.at++] = byte
}

function reserve(writer: Writer, count: number): void {
  if (writer.at + count <= writer.bytes.length) return
  const larger = new Uint8Array(Math.max(writer.bytes.length * 2, writer.at + count))
  larger.set(writer.bytes)
  writer.bytes = larger
}
