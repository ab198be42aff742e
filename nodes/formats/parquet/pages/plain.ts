import { convertFixed } from './convert.ts'
import { readDelta } from './delta.ts'
import type { Dictionary } from './dictionary.ts'
import { encoding } from './header.ts'
import { readLevels } from './hybrid.ts'
import { notOurs } from './notours.ts'
import type { Body, Page } from './page.ts'
import type { Shape } from './shape.ts'

/** A page's values, those that are not null one after the other. */
export type Values =
  /** A code a row, that of a null too. */
  | { readonly kind: 'codes'; readonly codes: Int32Array; readonly dictionary: Dictionary }
  /** As the column holds them; where some rows are null from a multiple of their width in their buffer. */
  | { readonly kind: 'fixed'; readonly bytes: Uint8Array }
  /** A byte a value, 0 or 1. */
  | { readonly kind: 'flags'; readonly flags: Uint8Array }
  | Texts
  /** Lists: those of row i are rows `starts[i]` to `starts[i + 1]` of `items`. */
  | { readonly kind: 'lists'; readonly starts: Int32Array; readonly items: Page }

/** Text i is from `starts[i]` to `starts[i + 1] - gap`. */
export interface Texts {
  readonly kind: 'texts'
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly gap: number
}

/** Whole numbers, floats, decimals and times (parquet-format/Encodings.md: PLAIN, DELTA_BINARY_PACKED, BYTE_STREAM_SPLIT). */
export function plainFixed(
  code: number,
  body: Body,
  shape: Extract<Shape, { kind: 'fixed' }>,
  physical: number,
): Values {
  const { bytes, start, count, dense, take } = body
  const { from } = shape
  const size = count * from
  if (code === encoding.plain && size > bytes.length - start) notOurs('values go over the end')
  if (code === encoding.plain && dense && shape.width === from && !shape.bounds) {
    return { kind: 'fixed', bytes: bytes.subarray(start, start + size) }
  }
  const words = new Uint8Array(take(size), 0, size)
  if (code === encoding.plain) {
    words.set(bytes.subarray(start, start + size))
  } else if (code === encoding.deltaBinaryPacked && !shape.float) {
    readDelta(body, from, new Int32Array(words.buffer, 0, size / 4))
  } else if (code === encoding.byteStreamSplit && (physical === 4 || physical === 5)) {
    if (size !== bytes.length - start) notOurs('values of another length')
    for (let byte = 0; byte < from; byte++) {
      const stream = start + byte * count
      for (let i = 0, put = byte; i < count; i++, put += from) words[put] = bytes[stream + i] as number
    }
  } else return notOurs('an encoding that numbers do not have')
  return { kind: 'fixed', bytes: convertFixed(words, count, shape, take) }
}

/** Bools: bits, lowest first, or runs behind their length. */
export function plainFlags(code: number, { bytes, view, start, count, take }: Body): Values {
  const room = (size: number) => new Uint8Array(take(size), 0, size)
  if (code === encoding.rle) {
    if (bytes.length - start < 4) notOurs('runs without a length')
    const end = start + 4 + view.getUint32(start, true)
    if (end > bytes.length) notOurs('runs go over the end')
    return { kind: 'flags', flags: readLevels(view, start + 4, end, count, room) ?? room(count).fill(1) }
  }
  if (code !== encoding.plain) notOurs('an encoding that bools do not have')
  if ((count + 7) >> 3 > bytes.length - start) notOurs('values go over the end')
  const flags = room(count)
  for (let i = 0; i < count; i++) flags[i] = ((bytes[start + (i >> 3)] as number) >> (i & 7)) & 1
  return { kind: 'flags', flags }
}

/** Texts and bytes: each behind its length, or all lengths first, or the difference to the one before. */
export function plainTexts(code: number, body: Body): Texts {
  if (code === encoding.plain) return lengthFirst(body)
  if (code === encoding.deltaLengthByteArray) return lengthsFirst(body)
  return notOurs('an encoding that texts do not have')
}

function lengthFirst({ bytes, view, start, count, take }: Body): Texts {
  const starts = new Int32Array(take(count * 4 + 4), 0, count + 1)
  const end = bytes.length
  let at = start
  for (let i = 0; i < count; i++) {
    if (end - at < 4) notOurs('values go over the end')
    const length = view.getUint32(at, true)
    at += 4
    starts[i] = at
    if (length > end - at) notOurs('a value goes over the end')
    at += length
  }
  starts[count] = at + 4
  return { kind: 'texts', bytes, starts, gap: 4 }
}

function lengthsFirst(body: Body): Texts {
  const { bytes, count, take } = body
  const starts = new Int32Array(take(count * 4 + 4), 0, count + 1)
  let at = readDelta(body, 4, starts.subarray(0, count))
  for (let i = 0; i < count; i++) {
    const length = starts[i] as number
    starts[i] = at
    if (length < 0 || length > bytes.length - at) notOurs('a value goes over the end')
    at += length
  }
  starts[count] = at
  return { kind: 'texts', bytes, starts, gap: 0 }
}
