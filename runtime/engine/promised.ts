import { addChecksums, type Checksum, emptyChecksum, Identity } from '../memory/index.ts'
import type { Split } from '../sdk/node.ts'
import type { SplitTask } from './flow.ts'
import type { FlowPlan } from './flowplan.ts'

/** How many rows a part of the input must give, and which, where that was known before it was read. */
export interface Promised {
  readonly rows: number
  /** Null where only their number is known. */
  readonly sum: Checksum | null
}

/** What is promised of a split; null where nobody has counted it, or where only its first rows are wanted. */
export function promisedRows({ nodes, limit }: FlowPlan, { source, split, letters }: SplitTask): Promised | null {
  const { rows } = split
  if (rows === undefined) return null
  // Rows that were rejected once enter anew, all of them: `--limit` is of the run that rejected them.
  if (letters) return { rows, sum: null }
  if (limit !== null) return null
  if (split.sum) return { rows, sum: split.sum }
  return nodes.find(({ id }) => id === source)?.kind === 'source' ? promisedOf(source, split) : { rows, sum: null }
}

/** What a source has promised of a split: the rows of its parts, one after the other; null where nobody has counted it. */
export function promisedOf(source: string, { parts, rows }: Split): Promised | null {
  if (rows === undefined) return null
  const counts = parts.length === 1 ? [rows] : parts.map((part) => part.rows)
  if (counts.some((count) => count === undefined)) return { rows, sum: null }
  let sum = emptyChecksum
  for (const [i, { path, firstRow }] of parts.entries()) {
    sum = addChecksums(sum, new Identity({ node: source, path }, counts[i] as number, firstRow).checksum)
  }
  return { rows, sum }
}
