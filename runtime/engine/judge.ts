import { HeadraceError } from '../pipeline/problem.ts'
import type { Books } from './books.ts'
import type { FlowPlan } from './flowplan.ts'

/** How many rejects a run bears: a count, or a share of the rows read; the default is 10 % once 1,000 rows are read. */
export type ErrorLimit = { readonly rows: number } | { readonly share: number; readonly from: number }

export function parseErrorLimit(setting: number | string | undefined): ErrorLimit {
  if (setting === undefined) return { share: 0.1, from: 1000 }
  if (typeof setting === 'string' && setting.trim().endsWith('%'))
    return { share: Number.parseFloat(setting) / 100, from: 1000 }
  return { rows: Number(setting) }
}

/** Throws where more rows were rejected than the limit bears; rows that a `rejects` edge takes count too. */
export function judge(flow: FlowPlan, limit: ErrorLimit, books: { readonly [node: string]: Books }): void {
  let read = 0
  let rejected = 0
  for (const { id, kind } of flow.nodes) {
    if (kind === 'source') read += books[id]?.in ?? 0
    rejected += books[id]?.rejected ?? 0
  }
  const exceeded = 'rows' in limit ? rejected > limit.rows : read >= limit.from && rejected > read * limit.share
  if (!exceeded) return
  const worst = flow.nodes.reduce(
    (most, { id }) => ((books[id]?.rejected ?? 0) > (books[most]?.rejected ?? 0) ? id : most),
    flow.nodes[0]?.id as string,
  )
  const bears = 'rows' in limit ? `${limit.rows} rows` : `${limit.share * 100} % of the rows`
  throw new HeadraceError(
    'error-limit',
    `${rejected} of ${read} rows were rejected, most of them by ${worst}; the limit is ${bears}`,
    {
      place: { node: worst },
      hint: 'Mend what rejects them, or raise settings.errorLimit in the pipeline, then resume.',
    },
  )
}
