import type { Batch, SourceContext, SplitPart } from '@headrace/runtime/sdk'
import type { ParquetConfig } from '../probe.ts'
import { rejectRow } from '../toolarge.ts'
import type { TypedRange } from './chunks.ts'
import { openPages } from './reader.ts'

/**
 * Reads a range of rows by the pages of its columns, in batches of up to 8,192 rows and about 2 MB. Returns the first row
 * of the file, from 0, that it left unread, since its pages are not as this reader reads them: `range.end` where none is.
 */
export async function* readPages(
  context: SourceContext<ParquetConfig>,
  part: SplitPart,
  range: TypedRange,
): AsyncGenerator<Batch, number> {
  const pages = await openPages(context, range)
  if (!pages) return range.start
  let next = range.start
  try {
    while (next < range.end) {
      context.signal.throwIfAborted()
      const found = pages.read(next)
      if (!found) break
      const { rows, columns, tooLarge } = found
      const first = part.firstRow + next - part.start
      next += rows
      if (tooLarge) rejectRow(context, part.path, first, tooLarge.bytes, tooLarge.raw)
      else yield context.batch(part.path, first, rows, columns)
    }
    return next
  } finally {
    pages.close()
  }
}
