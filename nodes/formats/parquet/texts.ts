import { isUtf8 } from 'node:buffer'
import { type ColumnType, HeadraceError, type Scope } from '@headrace/runtime/sdk'
import { duckType, isSet, type Rows, unexpected, type Vector } from './vector.ts'

/** The texts or bytes of ranges of rows, one after the other, with their offsets. */
export function copyTexts(
  scope: Scope,
  type: ColumnType,
  ranges: readonly Rows[],
  length: number,
): { offsets: Int32Array; values: Uint8Array } {
  const parts = ranges.map((rows) => ({ ...rows, vector: rows.vector && asTexts(rows.vector, type) }))
  const offsets = scope.allocate(Int32Array, length + 1)
  let at = 0
  let total = (offsets[0] = 0)
  for (const { vector, start, end } of parts) {
    if (vector) {
      const lengths = wordsOf(vector)
      const whole = vector.validity === null
      for (let row = start; row < end; row++) {
        if (whole || isSet(vector, row)) total += lengths[row * 4] as number
        offsets[++at] = total
      }
    } else offsets.fill(total, at + 1, (at += end - start) + 1)
    if (total > 0x7fffffff) throw new HeadraceError('batch-too-large', 'the texts of a batch take more than 2 GB.')
  }
  const values = scope.allocate(Uint8Array, total)
  at = 0
  for (const { vector, start, end } of parts) {
    if (vector) copyRange(values, offsets, at, vector, start, end)
    at += end - start
  }
  if (type.kind === 'string' && parts.some(({ vector }) => vector?.id === duckType.blob) && !isUtf8(values)) {
    throw new HeadraceError('invalid-text', 'a column of texts holds bytes that are not UTF-8.')
  }
  return { offsets, values }
}

const wordsOf = ({ data, length }: Vector): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, length * 4)

/** Texts of up to 12 bytes stand in the vector; longer ones lie one after the other behind a pointer: one read a run. */
function copyRange(
  values: Uint8Array,
  offsets: Int32Array,
  first: number,
  vector: Vector,
  start: number,
  end: number,
): void {
  const { data } = vector
  const words = wordsOf(vector)
  const whole = vector.validity === null
  let run: Run | null = null
  for (let row = start, at = first; row < end; row++, at++) {
    const length = words[row * 4] as number
    if (length === 0 || !(whole || isSet(vector, row))) continue
    const to = offsets[at] as number
    if (length <= 12) {
      const from = row * 16 + 4
      for (let i = 0; i < length; i++) values[to + i] = data[from + i] as number
      continue
    }
    const pointer = (words[row * 4 + 3] as number) * 2 ** 32 + (words[row * 4 + 2] as number)
    if (run && run.pointer + run.length === pointer) {
      run.length += length
    } else {
      if (run) placeRun(values, offsets, first - start, vector, words, run)
      run = { pointer, length, from: row, to: row }
    }
    run.to = row + 1
  }
  if (run) placeRun(values, offsets, first - start, vector, words, run)
}

/** Long texts of rows `from` to `to` that lie `length` bytes long at `pointer`; short ones in between are no part. */
interface Run {
  readonly pointer: number
  length: number
  readonly from: number
  to: number
}

function placeRun(
  values: Uint8Array,
  offsets: Int32Array,
  shift: number,
  vector: Vector,
  words: Uint32Array,
  { length, from, to }: Run,
): void {
  const bytes = vector.follow(from * 16 + 8, length)
  let read = 0
  let segment = 0
  let target = offsets[from + shift] as number
  for (let row = from; row < to; row++) {
    const count = words[row * 4] as number
    if (count <= 12 || !isSet(vector, row)) continue
    const place = offsets[row + shift] as number
    if (place !== target + read - segment) {
      values.set(bytes.subarray(segment, read), target)
      segment = read
      target = place
    }
    read += count
  }
  values.set(bytes.subarray(segment, read), target)
}

function asTexts(vector: Vector, type: ColumnType): Vector {
  if (vector.id === duckType.varchar || vector.id === duckType.blob) return vector
  if (vector.id === duckType.geometry && type.kind === 'binary') return vector
  if (type.kind === 'string' && (vector.id === duckType.uuid || vector.id === duckType.interval)) return printed(vector)
  throw unexpected(vector, type)
}

/** A vector of uuids or intervals as one of texts. */
function printed(vector: Vector): Vector {
  const view = new DataView(vector.data.buffer, vector.data.byteOffset, vector.data.byteLength)
  const print = vector.id === duckType.uuid ? uuidText : intervalText
  const texts = Array.from({ length: vector.length }, (_, row) =>
    isSet(vector, row) ? Buffer.from(print(view, row * 16)) : Buffer.alloc(0),
  )
  const data = new Uint8Array(vector.length * 16)
  const words = new Uint32Array(data.buffer)
  let end = 0
  texts.forEach((text, row) => {
    words[row * 4] = text.length
    if (text.length <= 12) data.set(text, row * 16 + 4)
    else words[row * 4 + 2] = end
    end += text.length > 12 ? text.length : 0
  })
  const all = Buffer.concat(texts.filter((text) => text.length > 12))
  return {
    ...vector,
    id: duckType.varchar,
    data,
    // The "pointers" are places in `all`.
    follow: (at, count) => {
      const from = words[at >> 2] as number
      return all.subarray(from, from + count)
    },
  }
}

/** DuckDB keeps a uuid as a 128-bit number with the highest bit flipped, so that it sorts. */
function uuidText(view: DataView, at: number): string {
  const hex = (part: bigint) => BigInt.asUintN(64, part).toString(16).padStart(16, '0')
  const text = hex(view.getBigUint64(at + 8, true) ^ (1n << 63n)) + hex(view.getBigUint64(at, true))
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** An ISO 8601 duration: months, days, seconds. */
function intervalText(view: DataView, at: number): string {
  const [months, days, micros] = [view.getInt32(at, true), view.getInt32(at + 4, true), view.getBigInt64(at + 8, true)]
  const sign = micros < 0n ? '-' : ''
  const size = micros < 0n ? -micros : micros
  const fraction = (size % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  const seconds = micros ? `T${sign}${size / 1_000_000n}${fraction && `.${fraction}`}S` : ''
  const date = `${months ? `${months}M` : ''}${days ? `${days}D` : ''}`
  return `P${date}${seconds}` === 'P' ? 'PT0S' : `P${date}${seconds}`
}
