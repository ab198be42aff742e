import {
  type Column,
  decodeText,
  type Failure,
  type Field,
  HeadraceError,
  isValid,
  type Scope,
  types,
} from '@headrace/runtime/sdk'
import type { Chunker } from './chunks.ts'
import { TextWriter } from './writer.ts'

/** Where a piece is in its text: its number, and its first and past-the-last code point. */
export const placeFields: readonly Field[] = ['chunkIndex', 'chunkStart', 'chunkEnd'].map((name) => ({
  name,
  type: types.int32,
}))

/** Most bytes that a row's text may take in all its pieces together, where each carries the whole of it. */
const mostCarried = 64 << 20

/** Collects the pieces of rows until they are taken as columns. `carries`: each piece also has the whole text. */
export function pieceCollector(chunker: Chunker, carries: boolean) {
  const writer = new TextWriter()
  let rows = 0
  let parents: number[] = []
  let places: number[] = []

  return {
    get pieces(): number {
      return parents.length
    },
    get bytes(): number {
      return writer.size
    },
    /** Cuts one row's text; a row that fails has no pieces and is not counted as a parent. */
    add(column: Column, row: number): Omit<Failure, 'row'> | null {
      if (!isValid(column, row)) {
        rows++
        return null
      }
      const [start, end] = [column.offsets?.[row] as number, column.offsets?.[row + 1] as number]
      const text = decodeText(column.values as Uint8Array, start, end)
      const cuts: number[] = []
      try {
        chunker(text, (...cut) => cuts.push(...cut))
      } catch (error) {
        if (!(error instanceof HeadraceError) || error.fault) throw error
        return { code: error.code, message: `${error.message}. ${error.hint ?? ''}`.trim() }
      }
      const carried = carries ? (cuts.length / 4) * (end - start) : 0
      if (carried > mostCarried) {
        const message =
          `${cuts.length / 4} pieces that each carry the whole text of ${end - start} bytes make ${carried} bytes, more than ` +
          `${mostCarried}. Leave "as" out, so that a piece takes the place of the text.`
        return { code: 'row-too-large', message }
      }
      for (let at = 0; at < cuts.length; at += 4) {
        writer.write(text.slice(cuts[at], cuts[at + 1]))
        parents.push(rows)
        places.push(at / 4, cuts[at + 2] as number, cuts[at + 3] as number)
      }
      rows++
      return null
    },
    /** The pieces since the last call: the parent of each among the rows that did not fail, its text and its place. */
    take(scope: Scope): { parents: Int32Array; text: Column; places: Column[] } {
      const taken = {
        parents: Int32Array.from(parents),
        text: writer.finish(scope),
        places: placeFields.map(({ type }, part) => {
          const values = scope.allocate(Int32Array, parents.length)
          for (let i = 0; i < values.length; i++) values[i] = places[i * 3 + part] as number
          return { type, length: values.length, nulls: 0, validity: null, offsets: null, values, children: [] }
        }),
      }
      rows = 0
      parents = []
      places = []
      return taken
    },
  }
}
