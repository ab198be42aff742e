import type { ReplayQuestion } from '../../server/api/runs.ts'

/** A replay's question with whole numbers of any size: from the page's JSON, or from a file of `--mend`. */
export interface Asked {
  /** Places in the file of rejected rows, from 0; null: all. */
  readonly rows: ReadonlySet<number> | null
  /** New raw text or new values, by place. */
  readonly mends: ReadonlyMap<number, { readonly [column: string]: unknown }>
}

/** Reads what a replay is asked for. */
export function askedOf({ rows, raw = {}, values = {} }: ReplayQuestion): Asked {
  const mends = new Map<number, { readonly [column: string]: unknown }>()
  for (const [index, one] of Object.entries(values)) mends.set(Number(index), one)
  for (const [index, text] of Object.entries(raw)) mends.set(Number(index), { ...mends.get(Number(index)), raw: text })
  return { rows: rows ? new Set(rows) : null, mends }
}
