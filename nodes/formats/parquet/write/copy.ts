import type { Column, ColumnType } from '@headrace/runtime/sdk'
import type { Physical } from './physical.ts'
import { copyWords, int32s, type Room } from './room.ts'

/** Copies rows of a column, of which none is null, as Parquet stores them. */
export interface Copier {
  /** Rows `from` to `to`. */
  readonly run: (column: Column, from: number, to: number) => void
  /** The first `count` of `rows`, in that order. */
  readonly rows: (column: Column, rows: Int32Array, count: number) => void
}

/** Opens a copier into `out`; the ends of texts go to `offsets`, behind a 0. */
export function copierOf(type: ColumnType, { width }: Physical, out: Room, offsets: Room): Copier {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return {
        run: (column, from, to) => copyTexts(column, from, to, out, offsets),
        rows: (column, rows, count) => pickTexts(column, rows, count, out, offsets),
      }
    case 'bool':
      return byRows((column, rows, count) => {
        const bits = valuesOf(column) as Uint8Array
        const at = out.take(count)
        const { bytes } = out
        for (let i = 0; i < count; i++) {
          const row = rows[i] as number
          bytes[at + i] = ((bits[row >> 3] as number) >> (row & 7)) & 1
        }
      })
    case 'decimal':
      if (width > 8) return byRows((column, rows, count) => pickBigEndian(wordsOf(column), rows, count, out, width))
      // The low bytes of 16 hold all of it.
      return byRows((column, rows, count) => pickWords(wordsOf(column), 4, rows, count, out, width >> 2))
    case 'int':
      if (type.bits >= 32) break
      return byRows((column, rows, count) => {
        const at = out.take(count * 4) >> 2
        pick(int32s(out), at, valuesOf(column) as Int32Array, rows, count)
      })
    case 'timestamp':
      if (type.unit === 's') return byRows((column, rows, count) => pickSeconds(column, rows, count, out))
  }
  return {
    run: (column, from, to) => out.copy(valuesOf(column), from * width, to * width),
    rows: (column, rows, count) => {
      if (width > 2) return pickWords(wordsOf(column), width >> 2, rows, count, out, width >> 2)
      const at = out.take(count * 2) >> 1
      pick(new Uint16Array(out.bytes.buffer), at, valuesOf(column) as Uint16Array, rows, count)
    },
  }
}

const valuesOf = (column: Column) => column.values as NonNullable<Column['values']>

let ramp = new Int32Array(0)

/** A copier for types whose values are copied one by one in any case. */
function byRows(rows: Copier['rows']): Copier {
  return {
    run(column, from, to) {
      if (ramp.length < to - from) ramp = new Int32Array(to - from)
      for (let row = from; row < to; row++) ramp[row - from] = row
      rows(column, ramp, to - from)
    },
    rows,
  }
}

function wordsOf({ values }: Column): Int32Array {
  const { buffer, byteOffset, byteLength } = values as BigInt64Array
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

type Numbers = Int32Array | Uint16Array

function pick(to: Numbers, at: number, from: Numbers, rows: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) to[at + i] = from[rows[i] as number] as number
}

/** Numbers by their words, of which a row has `step` and `each` of them are copied: in a third of the time of BigInts. */
function pickWords(from: Int32Array, step: number, rows: Int32Array, count: number, out: Room, each: number): void {
  const at = out.take(count * each * 4) >> 2
  const into = int32s(out)
  if (step === 1) pick(into, at, from, rows, count)
  else
    for (let i = 0, k = at; i < count; i++) {
      const place = (rows[i] as number) * step
      into[k++] = from[place] as number
      if (each > 1) into[k++] = from[place + 1] as number
    }
}

/** Parquet has no seconds: they are written as milliseconds. */
function pickSeconds(column: Column, rows: Int32Array, count: number, out: Room): void {
  const at = out.take(count * 8) >> 3
  const into = new BigInt64Array(out.bytes.buffer, 0, out.bytes.length >> 3)
  const seconds = valuesOf(column) as BigInt64Array
  for (let i = 0; i < count; i++) into[at + i] = (seconds[rows[i] as number] as bigint) * 1000n
}

/** Signed numbers of 128 bits, low words first, as `width` bytes, high bytes first. */
function pickBigEndian(from: Int32Array, rows: Int32Array, count: number, out: Room, width: number): void {
  let at = out.take(count * width)
  const { bytes } = out
  for (let i = 0; i < count; i++) {
    const place = (rows[i] as number) * 4
    for (let k = width - 1; k >= 0; k--) bytes[at++] = (from[place + (k >> 2)] as number) >>> ((k & 3) * 8)
  }
}

function copyTexts(column: Column, from: number, to: number, out: Room, offsets: Room): void {
  const starts = column.offsets as Int32Array
  const shift = out.length - (starts[from] as number)
  const at = placeForEnds(offsets, to - from) - from - 1
  const into = int32s(offsets)
  for (let row = from + 1; row <= to; row++) into[at + row] = (starts[row] as number) + shift
  out.copy(column.values as Uint8Array, starts[from] as number, starts[to] as number)
}

function placeForEnds(offsets: Room, count: number): number {
  if (offsets.length === 0) for (let i = 0; i < 4; i++) offsets.push(0)
  return offsets.take(count * 4) >> 2
}

/** Shorter stretches than this are copied four bytes at a time, before a call is worth it. */
const worthCall = 128

function pickTexts(column: Column, rows: Int32Array, count: number, out: Room, offsets: Room): void {
  const starts = column.offsets as Int32Array
  const bytes = column.values as Uint8Array
  const at = placeForEnds(offsets, count)
  const ends = int32s(offsets)
  const begin = out.length
  let end = begin
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number
    end += (starts[row + 1] as number) - (starts[row] as number)
    ends[at + i] = end
  }
  out.take(end - begin)
  const { view } = out
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Behind the last of the source nothing can be read.
  const last = bytes.byteLength - 4
  for (let i = 0, place = begin; i < count; ) {
    // Rows that follow each other are copied in one piece.
    const first = rows[i] as number
    let next = first + 1
    for (i++; i < count && rows[i] === next; i++) next++
    const start = starts[first] as number
    const length = (starts[next] as number) - start
    if (length < worthCall && start + length <= last) copyWords(view, place, source, start, length)
    else out.put(place, bytes, start, start + length)
    place += length
  }
}
