/** The codes of the compact protocol's types. */
export const thrift = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, struct: 12 }

/** A set lies as a list does. */
export const set = 10

/** A place in a message that is read as it lies, where a struct for each of its parts would be many times its bytes. */
export interface Reader {
  readonly bytes: Uint8Array
  readonly view: DataView
  at: number
}

/** Begins at a message's first byte. */
export const openReader = (bytes: Uint8Array): Reader => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  at: 0,
})

/** Reads the head of a struct's next field: its type's code, and its id from that of the field before; null: it ends. */
export function readField(reader: Reader, before: number): { readonly id: number; readonly type: number } | null {
  const head = readByte(reader)
  if (head === 0) return null
  const step = head >> 4
  return { id: step === 0 ? Number(readSigned(reader)) : before + step, type: head & 15 }
}

/** Reads the head of a list: the code of its elements' type, and how many there are. */
export function readListHead(reader: Reader): { readonly item: number; readonly length: number } {
  const head = readByte(reader)
  const item = head & 15
  const length = head >> 4 === 15 ? Number(readVarint(reader)) : head >> 4
  // Each element takes at least a byte, so a wild length is found before it takes memory.
  if (length > reader.bytes.length - reader.at) throw new RangeError(`a list of ${length} elements does not fit`)
  return { item, length }
}

/** Passes a value by, and refuses what `readThrift` would. `inList`: a bool is a byte of its own, not its type's code. */
export function passValue(reader: Reader, type: number, depth: number, inList = false): void {
  switch (type) {
    case thrift.true:
    case thrift.false:
      if (inList) advance(reader, 1)
      break
    case thrift.byte:
      advance(reader, 1)
      break
    case thrift.i16:
    case thrift.i32:
    case thrift.i64:
      passVarint(reader)
      break
    case thrift.double:
      advance(reader, 8)
      break
    case thrift.binary:
      advance(reader, Number(readVarint(reader)))
      break
    case thrift.list:
    case set: {
      const { item, length } = readListHead(reader)
      for (let i = 0; i < length; i++) passValue(reader, item, depth + 1, true)
      break
    }
    case thrift.struct:
      passStruct(reader, depth + 1)
      break
    default:
      throw unknownType(reader, type)
  }
}

function passStruct(reader: Reader, depth: number): void {
  refuseDeep(depth)
  for (;;) {
    const head = readByte(reader)
    if (head === 0) return
    if (head >> 4 === 0) passVarint(reader)
    passValue(reader, head & 15, depth)
  }
}

function passVarint(reader: Reader): void {
  for (let i = 0; i < 10; i++) if (readByte(reader) < 128) return
  throw tooLong(reader)
}

/** Each of these throws a RangeError where the message ends too early. */
export function readByte(reader: Reader): number {
  return reader.bytes[advance(reader, 1)] as number
}

/** Goes on by `count` bytes and gives where they begin. */
export function advance(reader: Reader, count: number): number {
  const start = reader.at
  if (!(count >= 0 && start + count <= reader.bytes.length)) throw new RangeError(`it ends at byte ${start}`)
  reader.at = start + count
  return start
}

/** Numbers up to 49 bits stay numbers; longer ones are BigInt. */
export function readVarint(reader: Reader): number | bigint {
  let value = 0
  let scale = 1
  for (let i = 0; i < 7; i++) {
    const byte = readByte(reader)
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
  let long = BigInt(value)
  for (let shift = 49n; shift < 70n; shift += 7n) {
    const byte = readByte(reader)
    long |= BigInt(byte & 127) << shift
    if (byte < 128) return long
  }
  throw tooLong(reader)
}

/** A zigzag number, as `readVarint` gives it. */
export function readSigned(reader: Reader): number | bigint {
  const zigzag = readVarint(reader)
  if (typeof zigzag === 'bigint') return (zigzag >> 1n) ^ -(zigzag & 1n)
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
}

/** What to throw for a type that the protocol does not have. */
export const unknownType = ({ at }: Reader, type: number): RangeError =>
  new RangeError(`byte ${at} has the unknown type ${type}`)

const tooLong = ({ at }: Reader): RangeError => new RangeError(`byte ${at} goes on with a number of more than 64 bits`)

/** A message that goes in and in would take the stack. */
export function refuseDeep(depth: number): void {
  if (depth > 64) throw new RangeError('structs are nested more than 64 deep')
}
