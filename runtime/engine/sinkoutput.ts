import type { OpenSink } from '../sdk/node.ts'

/** Rows of documents that have others now, or none. */
export type Gone = { readonly again: number; readonly pruned: number } | null

/** What the ledger and the report say of a sink's output. */
export function outputOf(
  { replacedRows, ...output }: Awaited<ReturnType<OpenSink['finish']>>,
  gone: Gone,
): { readonly [fact: string]: string | number } {
  const replaced = (replacedRows ?? 0) + (gone?.again ?? 0)
  const replaces = replacedRows !== undefined || gone !== null
  return { ...output, ...(replaces && { replacedRows: replaced }), ...(gone && { prunedRows: gone.pruned }) }
}
