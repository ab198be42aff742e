import { type Column, type Failure, type Field, HeadraceError, isValid, type Scope, types } from '@headrace/runtime/sdk'
import type { Chunker } from './chunks.ts'

/** Where a piece is in its text: its number, and its first and past-the-last code point. */
export const placeFields: readonly Field[] = ['chunkIndex', 'chunkStart', 'chunkEnd'].map((name) => ({
  name,
  type: types.int32,
}))

/** Most bytes that a row's text may take in all its pieces together, where each carries the whole of it. */
const mostCarried = 64 << 20

/**
 * Collects the pieces of a column's rows until they are taken as columns. `carries`: each piece also has the whole text.
 */
export function pieceCollector(chunker: Chunker, carries: boolean) {
  let rows = 0
  let bytes = 0
  /** Of each piece: its place in the column's bytes, its parent, its number, its first and past-the-last code point. */
  let pieces = new Int32Array(stride << 8)
  let count = 0
  let first = 0
  const onPiece = (start: number, end: number, firstPoint: number, endPoint: number): void => {
    const at = count * stride
    if (at === pieces.length) {
      const larger = new Int32Array(at * 2)
      larger.set(pieces)
      pieces = larger
    }
    pieces[at] = start
    pieces[at + 1] = end
    pieces[at + 2] = rows
    pieces[at + 3] = count++ - first
    pieces[at + 4] = firstPoint
    pieces[at + 5] = endPoint
    bytes += end - start
  }

  return {
    get pieces(): number {
      return count
    },
    get bytes(): number {
      return bytes
    },
    /** Cuts one row's text; a row that fails has no pieces and is not counted as a parent. */
    add(column: Column, row: number): Omit<Failure, 'row'> | null {
      const bytesBefore = bytes
      first = count
      const failure = isValid(column, row) ? cut(column, row) : null
      if (failure) {
        count = first
        bytes = bytesBefore
      } else rows++
      return failure
    },
    /** The pieces since the last call: the parent of each among the rows that did not fail, its text and its place. */
    take(scope: Scope, { values: source }: Column): { parents: Int32Array; text: Column; places: Column[] } {
      const numbers = (values: Int32Array, part: number): Int32Array => {
        for (let i = 0; i < count; i++) values[i] = pieces[i * stride + part] as number
        return values
      }
      const base = { length: count, nulls: 0, validity: null, offsets: null, children: [] }
      const offsets = scope.allocate(Int32Array, count + 1)
      const values = scope.allocate(Uint8Array, bytes)
      let end = (offsets[0] = 0)
      for (let i = 0; i < count; i++) {
        const [from, to] = [pieces[i * stride] as number, pieces[i * stride + 1] as number]
        copyBytes(source as Uint8Array, from, to, values, end)
        offsets[i + 1] = end += to - from
      }
      const taken = {
        parents: numbers(new Int32Array(count), 2),
        text: { ...base, type: types.string, offsets, values },
        places: placeFields.map(({ type }, i) => ({
          ...base,
          type,
          values: numbers(scope.allocate(Int32Array, count), 3 + i),
        })),
      }
      rows = bytes = count = 0
      if (pieces.length > mostKept) pieces = new Int32Array(stride << 8)
      return taken
    },
  }

  function cut(column: Column, row: number): Omit<Failure, 'row'> | null {
    const [start, end] = [column.offsets?.[row] as number, column.offsets?.[row + 1] as number]
    try {
      chunker(column.values as Uint8Array, start, end, onPiece)
    } catch (error) {
      if (!(error instanceof HeadraceError) || error.fault) throw error
      return { code: error.code, message: `${error.message}. ${error.hint ?? ''}`.trim() }
    }
    const own = count - first
    const carried = carries ? own * (end - start) : 0
    if (carried <= mostCarried) return null
    const message =
      `${own} pieces that each carry the whole text of ${end - start} bytes make ${carried} bytes, more than ` +
      `${mostCarried}. Leave "as" out, so that a piece takes the place of the text.`
    return { code: 'row-too-large', message }
  }
}

const stride = 6
/** Numbers kept for the next pieces: one text of many must not stay in memory. */
const mostKept = stride << 16

/** A loop beats `set` on a fresh subarray for short pieces. */
function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): void {
  if (to - from >= 64) target.set(source.subarray(from, to), at)
  else for (let i = from; i < to; i++) target[at + i - from] = source[i] as number
}
