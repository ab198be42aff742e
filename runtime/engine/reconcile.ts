import { HeadraceError } from '../pipeline/problem.ts'
import { noBooks } from './books.ts'
import type { FlowPlan } from './flowplan.ts'
import type { Output, Progress } from './progress.ts'

/**
 * Compares what became durable in the whole run, over all its starts, with what its nodes counted: each sink was given
 * the rows that it booked, and each rejected row that no edge took is in the file of rejected rows.
 */
export function reconcile(flow: FlowPlan, progress: Progress): void {
  // Of a file that was left out in the middle a sink may have more than others: those rows are in nobody's books.
  const uneven = new Set([...progress.skipped.values()].flatMap(({ storedMore }) => [...storedMore]))
  for (const { id, type, kind } of flow.nodes) {
    if (kind !== 'sink') continue
    const { out } = progress.books.get(id) ?? noBooks
    const stored = progress.stored.get(id) ?? 0
    if (uneven.has(id) ? stored < out : stored !== out)
      throw mismatch(id, `${out} rows reached ${id} (${type}), and ${stored} were handed to be stored`)
  }
  const taken = new Set(flow.edges.flatMap(({ from, port }) => (port === 'rejects' ? [from] : [])))
  const rejected = flow.nodes.filter(({ id }) => !taken.has(id)).map(({ id }) => progress.books.get(id)?.rejected ?? 0)
  const sum = rejected.reduce((all, one) => all + one, 0)
  const { count } = progress.deadLetters
  if (sum !== count)
    throw mismatch(undefined, `${sum} rows were rejected, and ${count} are in the file of rejected rows`)
}

/** A sink that says at its end that it has fewer rows than it was given has lost some; more may have been there before. */
export function refuseFewer({ nodes }: FlowPlan, id: string, output: Output, progress: Progress): void {
  const given = (progress.stored.get(id) ?? 0) - (progress.replaced.get(id) ?? 0)
  if (output.rows >= given) return
  const type = nodes.find((node) => node.id === id)?.type
  throw mismatch(id, `${id} (${type}) was given ${given} rows to store and says that it has ${output.rows}`)
}

function mismatch(node: string | undefined, message: string): HeadraceError {
  return new HeadraceError('row-counts', `row counts do not match: ${message}`, {
    place: node === undefined ? {} : { node },
    hint: 'Rows were lost or doubled where they are stored. Do not use this output; please report it with the run’s folder.',
  })
}
