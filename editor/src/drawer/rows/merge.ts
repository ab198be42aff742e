import type { RowsPage } from '@headrace/runtime/api'

/** Most rows that are kept of an edge. */
const most = 200

/**
 * The latest rows: those of a new look, before them those of earlier looks as far as there is room. Where few rows
 * pass, one look has only a few. A row that came before (by its identity) stands once, as it came last.
 */
export function mergedRows(before: RowsPage | null, page: RowsPage): RowsPage {
  const room = most - page.rows.length
  if (!before || room <= 0 || !sameColumns(before, page)) return page
  const fresh = new Set(page.identities)
  const kept = before.identities.flatMap((identity, i) => (identity === '' || fresh.has(identity) ? [] : [i]))
  const earlier = kept.slice(0, room)
  return {
    ...page,
    rows: [...page.rows, ...earlier.flatMap((i) => (before.rows[i] ? [before.rows[i]] : []))],
    identities: [...page.identities, ...earlier.map((i) => before.identities[i] ?? '')],
  }
}

const sameColumns = (a: RowsPage, b: RowsPage): boolean =>
  a.columns.length === b.columns.length &&
  a.columns.every(({ name, type }, i) => name === b.columns[i]?.name && type === b.columns[i]?.type)
