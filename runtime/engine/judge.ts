import { type ErrorLimit, readErrorLimit } from '../pipeline/amounts.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Books } from './books.ts'
import type { FlowPlan } from './flowplan.ts'
import type { Snapshot } from './snapshot.ts'

/** The limit where the pipeline sets none: 10 % once 1,000 rows are read. */
const usual: ErrorLimit = { share: 0.1 }
/** A share says little about few rows. */
const shareFrom = 1000

/** The pipeline's limit, and its sources' places: for whoever looks at live counts. */
export interface Limit {
  readonly setting: number | string | undefined
  readonly sources: readonly number[]
}

export const limitOf = ({ nodes }: FlowPlan, setting: Limit['setting']): Limit => ({
  setting,
  sources: nodes.filter(({ kind }) => kind === 'source').map(({ index }) => index),
})

/**
 * Throws where more rows were rejected than the limit bears; rows that a `rejects` edge takes count too. `onTheWay`: rows
 * that sources have read so far, with those of parts at work. A small part that ends first says little of all.
 */
export function judge(
  flow: FlowPlan,
  setting: number | string | undefined,
  books: { readonly [node: string]: Books },
  onTheWay = 0,
): void {
  let read = 0
  let rejected = 0
  for (const { id, kind } of flow.nodes) {
    if (kind === 'source') read += books[id]?.in ?? 0
    rejected += books[id]?.rejected ?? 0
  }
  const worst = flow.nodes.reduce(
    (most, { id }) => ((books[id]?.rejected ?? 0) > (books[most]?.rejected ?? 0) ? id : most),
    flow.nodes[0]?.id as string,
  )
  judgeCounts(setting, { read: Math.max(read, onTheWay), rejected, worst })
}

/** Rows that sources have read, those of parts at work with them. */
export const rowsRead = ({ nodes }: FlowPlan, { nodes: counts }: Pick<Snapshot, 'nodes'>): number =>
  nodes.reduce((sum, { id, kind }) => sum + (kind === 'source' ? (counts[id]?.in ?? 0) : 0), 0)

/** The same for counts that are known: of rows that sources read, of rejected rows, and the node that rejects most. */
export function judgeCounts(
  setting: number | string | undefined,
  { read, rejected, worst }: { readonly read: number; readonly rejected: number; readonly worst: string },
): void {
  const limit = (setting === undefined ? null : readErrorLimit(setting)) ?? usual
  const exceeded = 'rows' in limit ? rejected > limit.rows : read >= shareFrom && rejected > read * limit.share
  if (!exceeded) return
  const bears = 'rows' in limit ? `${limit.rows} rows` : `${Math.round(limit.share * 1000) / 10} % of the rows`
  throw new HeadraceError(
    'error-limit',
    `${rejected} of ${read} rows were rejected, most of them by ${worst}; the limit is ${bears}`,
    {
      place: { node: worst },
      hint: 'Mend what rejects them, or raise settings.errorLimit in the pipeline, then resume.',
    },
  )
}
