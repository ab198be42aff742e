import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes that are looked at here and there: a file too large to read whole, or a buffer. */
export interface ByteSource {
  readonly size: number
  readonly byte: (at: number) => number
  readonly slice: (start: number, end: number) => Uint8Array
}

/** One field of a protobuf message: a number, or the range of bytes that its content takes. */
export interface ProtoField {
  readonly number: number
  /** 0 varint, 1 eight bytes, 2 a range of bytes, 5 four bytes. */
  readonly wire: number
  /** The value of a varint; 0 for the other wire types. */
  readonly value: bigint
  readonly start: number
  readonly end: number
}

/** The fields of the message between two places, in order. A range is skipped unless the caller goes into it. */
export function* fieldsOf(source: ByteSource, start = 0, end = source.size): Generator<ProtoField> {
  let at = start
  while (at < end) {
    const [tag, afterTag] = varintAt(source, at)
    const number = Number(tag >> 3n)
    const wire = Number(tag & 7n)
    let value = 0n
    let from = afterTag
    if (wire === 0) [value, at] = varintAt(source, afterTag)
    else if (wire === 1) at = afterTag + 8
    else if (wire === 5) at = afterTag + 4
    else if (wire === 2) {
      const [length, content] = varintAt(source, afterTag)
      from = content
      at = content + Number(length)
    } else throw new RangeError(`byte ${at}: wire type ${wire} is no protobuf`)
    if (at > end || number === 0) throw new RangeError(`byte ${from}: field ${number} ends after its message`)
    yield { number, wire, value, start: from, end: at }
  }
}

/** An unsigned number in groups of seven bits, and the place after it. */
export function varintAt(source: ByteSource, at: number): [bigint, number] {
  let low = 0
  for (let i = 0; i < 4; i++) {
    const byte = source.byte(at + i)
    low |= (byte & 127) << (7 * i)
    if (byte < 128) return [BigInt(low), at + i + 1]
  }
  let value = BigInt(low)
  for (let i = 4; i < 10; i++) {
    const byte = source.byte(at + i)
    value |= BigInt(byte & 127) << BigInt(7 * i)
    if (byte < 128) return [value, at + i + 1]
  }
  throw new RangeError(`byte ${at}: a number of more than ten bytes`)
}

const decoder = new TextDecoder()

/** The text of a range. */
export const textOf = (source: ByteSource, field: ProtoField): string =>
  decoder.decode(source.slice(field.start, field.end))

/** A buffer as a source of bytes. */
export const bytesIn = (buffer: Uint8Array): ByteSource => ({
  size: buffer.length,
  byte: (at) => {
    const byte = buffer[at]
    if (byte === undefined) throw new RangeError(`byte ${at} is after the end`)
    return byte
  },
  slice: (start, end) => buffer.subarray(start, end),
})

/** A file as a source of bytes: 4 KB at a time, so that a model's weights are passed over unread. */
export function bytesOfFile(path: string): ByteSource & Disposable {
  const file = openSync(path, 'r')
  const size = fstatSync(file).size
  const window = new Uint8Array(4096)
  let first = 0
  let held = 0
  return {
    size,
    byte: (at) => {
      if (at < first || at >= first + held) {
        first = at
        held = readSync(file, window, 0, window.length, at)
        if (held === 0) throw new RangeError(`byte ${at} is after the end`)
      }
      return window[at - first] as number
    },
    slice: (start, end) => {
      if (end > size) throw new RangeError(`byte ${end} is after the end`)
      const bytes = new Uint8Array(end - start)
      readSync(file, bytes, 0, bytes.length, start)
      return bytes
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
