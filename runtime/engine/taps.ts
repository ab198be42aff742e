import type { Batch } from '../memory/index.ts'
import { mostRows, pageOf, profileOf } from '../rows/index.ts'

/** A page of an edge's rows on its way to the main thread: JSON of a `RowsPage` without `total` and `at`. */
export interface TappedRows {
  readonly edge: number
  readonly text: string
}

/**
 * Looks at the batches that pass the edges, in a lane. For an edge whose flag is set it copies the first rows of the
 * next batch and takes the flag back, so that one lane answers. The main thread sets flags; without one a batch costs
 * a single read of shared memory.
 */
export const makeTap =
  (flags: Int32Array, post: (rows: TappedRows) => void) =>
  (edge: number, batch: Batch): void => {
    if (Atomics.load(flags, edge) === 0 || batch.rows === 0) return
    if (Atomics.exchange(flags, edge, 0) === 0) return
    const { total: _total, at: _at, ...page } = pageOf(batch)
    const profile = profileOf(batch.schema.fields, [batch], mostRows)
    post({ edge, text: JSON.stringify({ ...page, profile }) })
  }
