import { batchBytes, batchRows } from './batchsize.ts'
import { bytesOfRows } from './columns.ts'
import type { Chunk } from './duckdb.ts'
import type { Rows } from './vector.ts'

/** Some rows of a chunk that go into one batch whole. */
export interface Piece {
  readonly chunk: Chunk
  readonly start: number
  readonly end: number
  readonly bytes: number
}

export const rowsOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { start, end }) => sum + end - start, 0)

/** Whether a batch of the pending pieces has room for one more. */
export function fits(pending: readonly Piece[], { start, end, bytes }: Piece): boolean {
  if (pending.length === 0) return true
  const before = pending.reduce((sum, piece) => sum + piece.bytes, 0)
  return rowsOf(pending) + end - start <= batchRows && before + bytes <= batchBytes
}

/** A chunk, halved as long as a part has more bytes than a batch should. */
export function piecesOf(chunk: Chunk, start = 0, end = chunk.rows): Piece[] {
  const bytes = chunk.columns.reduce((sum, vector) => sum + bytesOfRows(vector, start, end), 0)
  if (bytes <= batchBytes || end - start === 1) return [{ chunk, start, end, bytes }]
  const middle = (start + end) >> 1
  return [...piecesOf(chunk, start, middle), ...piecesOf(chunk, middle, end)]
}

/** The rows of column `at` in all pieces. */
export const vectorsOf = (pieces: readonly Piece[], at: number): Rows[] =>
  pieces.map(({ chunk, start, end }) => ({ vector: chunk.columns[at] ?? null, start, end }))
