import type { NodeRun } from './noderun.ts'

/** A node's row counts, of a split or of a run: in = parents + filtered + rejected. */
export interface Books {
  readonly in: number
  readonly out: number
  readonly parents: number
  readonly filtered: number
  readonly rejected: number
  readonly bytes: number
  /** Counts that the node names itself: `truncated`. */
  readonly named?: { readonly [name: string]: number }
}

export function booksOf(run: NodeRun): Books {
  const { account, named } = run
  const counts = {
    in: account.in.rows,
    out: account.out.rows,
    parents: account.parents.rows,
    filtered: account.filtered.rows,
    rejected: account.rejected.rows,
    bytes: account.bytes,
  }
  return Object.keys(named).length ? { ...counts, named } : counts
}

export const noBooks: Books = { in: 0, out: 0, parents: 0, filtered: 0, rejected: 0, bytes: 0 }

export function addBooks(a: Books, b: Books): Books {
  const names = new Set([...Object.keys(a.named ?? {}), ...Object.keys(b.named ?? {})])
  const named = Object.fromEntries([...names].map((name) => [name, (a.named?.[name] ?? 0) + (b.named?.[name] ?? 0)]))
  return {
    in: a.in + b.in,
    out: a.out + b.out,
    parents: a.parents + b.parents,
    filtered: a.filtered + b.filtered,
    rejected: a.rejected + b.rejected,
    bytes: a.bytes + b.bytes,
    ...(names.size && { named }),
  }
}

/** The books of every node: what is done, with what is on its way. */
export function sumBooks(
  done: ReadonlyMap<string, Books>,
  inFlight: { readonly [node: string]: Books },
): Record<string, Books> {
  const sum = Object.fromEntries(done)
  for (const [node, own] of Object.entries(inFlight)) sum[node] = addBooks(sum[node] ?? noBooks, own)
  return sum
}

export const isBalanced = (books: Books): boolean => books.in === books.parents + books.filtered + books.rejected
