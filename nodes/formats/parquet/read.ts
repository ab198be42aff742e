import { type Batch, type Column, HeadraceError, type SourceContext, type SplitPart } from '@headrace/runtime/sdk'
import { fits, type Piece, piecesOf, rowsOf, vectorsOf } from './chunkpieces.ts'
import { buildColumn, bytesOfRows } from './columns.ts'
import { readChunks } from './duckdb.ts'
import { readPages } from './pages/batches.ts'
import type { TypedRange } from './pages/chunks.ts'
import type { ParquetConfig, ParquetProbe } from './probe.ts'
import { mostRaw, rejectRow } from './toolarge.ts'
import { duckType, type Vector } from './vector.ts'

/**
 * Reads a split's ranges of rows: by the pages of their columns, or what is not ours by DuckDB. Tests compare the two:
 * `by` leaves one out, and throws where pages are not ours.
 */
export async function* readParquet(
  context: SourceContext<ParquetConfig>,
  { by = 'both' }: { readonly by?: 'both' | 'pages' | 'duckdb' } = {},
): AsyncGenerator<Batch> {
  for (const part of context.split.parts) {
    const range = rangeOf(context, part)
    const start = by === 'duckdb' ? range.start : yield* readPages(context, part, range)
    if (start < range.end && by === 'pages') throw new Error(`${part.path}: the pages of row ${start + 1} are not ours`)
    if (start < range.end) yield* readByDuckDB(context, part, { ...range, start })
  }
}

/** Reads a range of rows in batches of up to four of DuckDB's chunks and about 2 MB. */
async function* readByDuckDB(
  context: SourceContext<ParquetConfig>,
  part: SplitPart,
  range: TypedRange,
): AsyncGenerator<Batch> {
  let row = part.firstRow + range.start - part.start
  let pending: Piece[] = []
  for await (const chunk of readChunks(range)) {
    for (const piece of piecesOf(chunk)) {
      if (!fits(pending, piece)) {
        yield* flush(context, part, range, pending, row)
        row += rowsOf(pending)
        pending = []
      }
      pending.push(piece)
    }
  }
  yield* flush(context, part, range, pending, row)
}

function rangeOf(
  { probe, wanted, schema, resolve, signal }: SourceContext<ParquetConfig>,
  part: SplitPart,
): TypedRange {
  // A cast: `probe` put it there.
  const { files, variants } = probe.data as unknown as ParquetProbe
  const file = files[part.data as number] // `cutGroups` put it there
  if (file?.path !== part.path) {
    throw new HeadraceError('missing-file', `${part.path} was not there when the run was planned.`)
  }
  const columns = schema.fields.flatMap(({ name, type }, i) =>
    wanted && !wanted.has(name) ? [] : [{ name, type, place: file.places[i] as number, variant: variants.includes(i) }],
  )
  const { start, end } = part
  return { path: resolve(part.path), name: part.path, columns, start, end, hidesRowNumber: file.hidesRowNumber, signal }
}

function* flush(
  context: SourceContext<ParquetConfig>,
  part: SplitPart,
  range: TypedRange,
  pieces: readonly Piece[],
  first: number,
): Generator<Batch> {
  const rows = rowsOf(pieces)
  if (rows === 0) return
  const [only] = pieces
  if (rows === 1 && only && only.bytes > context.maxRowBytes) {
    return rejectRow(context, part.path, first, only.bytes, longestText(only))
  }
  const columns = context.schema.fields.map(({ name, type }): Column | null => {
    const at = range.columns.findIndex((column) => column.name === name)
    if (at < 0) return null
    try {
      return buildColumn(context.scope, type, vectorsOf(pieces, at))
    } catch (error) {
      if (!(error instanceof HeadraceError) || error.place.file) throw error
      const message = `${part.path}, column "${name}", rows ${first} to ${first + rows - 1}: ${error.message}`
      const place = { file: part.path, column: name, row: first }
      throw new HeadraceError(error.code, message, { place, ...(error.hint && { hint: error.hint }), cause: error })
    }
  })
  yield context.batch(part.path, first, rows, columns)
}

/** The first 64 KB of the row's longest text, to know it by. */
function longestText({ chunk, start }: Piece): Uint8Array {
  let longest: { readonly vector: Vector; readonly bytes: number } | undefined
  for (const vector of chunk.columns) {
    const bytes = bytesOfRows(vector, start, start + 1)
    if (vector.id === duckType.varchar && bytes > (longest?.bytes ?? 64)) longest = { vector, bytes }
  }
  if (!longest) return new Uint8Array(0)
  const { vector, bytes } = longest
  return vector.follow(start * 16 + 8, Math.min(mostRaw, bytes - 4))
}
