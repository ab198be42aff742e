import type { Drift } from '../sdk/node.ts'
import { isBalanced, noBooks } from './books.ts'
import type { FlowPlan } from './flowplan.ts'
import type { ErrorMessage } from './messages.ts'
import type { Output, Progress } from './progress.ts'
import type { SkippedFile } from './resume/skip.ts'
import type { PlannedSplit, RunRecord } from './runfolder.ts'
import type { FileCounts } from './stored/selection.ts'

export interface NodeReport {
  readonly kind: 'source' | 'transform' | 'table' | 'model' | 'sink'
  readonly in: number
  readonly out: number
  readonly parents: number
  readonly filtered: number
  readonly rejected: number
  /** Rows that a later row of the same key overwrote in their commit; sinks only. */
  readonly replaced?: number
  readonly bytes: number
  /** Counts that the node names itself: `truncated`. */
  readonly counts?: { readonly [name: string]: number }
}

/** How a run ended: what `headrace run --json` prints. */
export interface Report extends Partial<FileCounts> {
  readonly runId: string
  readonly pipeline: string
  /** What the pipeline's parameters were. */
  readonly params: RunRecord['params']
  readonly status: 'done' | 'failed' | 'stopped'
  readonly exitCode: number
  readonly seconds: number
  readonly nodes: { readonly [node: string]: NodeReport }
  /** The whole run: rows that sources read, and what became of them. What a `rejects` edge stores counts as rejected. */
  readonly rows: { readonly in: number; readonly stored: number; readonly filtered: number; readonly rejected: number }
  /** How often a row crashed the run's process and the run took itself up again. */
  readonly restarts: number
  readonly balanced: boolean
  readonly deadLetters: { readonly count: number; readonly file: string | null }
  readonly outputs: readonly ({ readonly node: string } & Output)[]
  readonly peakMemory: number
  /** Bytes of shared memory for batches: the cap, and the most that was there at once. */
  readonly memory: { readonly cap: number; readonly highest: number; readonly copied: number }
  /** What each model says about itself, and how long loading took. */
  readonly models: { readonly [node: string]: string }
  readonly modelSeconds: number
  readonly folder: string
  /** Columns of source files that are not as pinned, and were borne. */
  readonly drift: readonly ({ readonly node: string } & Drift)[]
  /** Rows of earlier runs that may stand beside the same rows of this one; with --new, --since or --files. */
  readonly rowsTwice?: number
  /** Rows of files that are gone, taken out of the sinks by --prune-gone. */
  readonly prunedRows?: number
  /** Files that were others, or gone, when the run was taken up again: what was not yet stored of them was left out. */
  readonly skippedFiles?: readonly SkippedFile[]
  readonly error?: Omit<ErrorMessage, 'stack'>
}

export function nodeReports(flow: FlowPlan, progress: Progress): Record<string, NodeReport> {
  return Object.fromEntries(
    flow.nodes.map(({ id, kind }) => {
      const { named, ...books } = progress.books.get(id) ?? noBooks
      return [
        id,
        {
          kind,
          ...books,
          ...(kind === 'sink' && { replaced: progress.replaced.get(id) ?? 0 }),
          ...(named && { counts: named }),
        },
      ]
    }),
  )
}

export const allBalanced = (progress: Progress): boolean => [...progress.books.values()].every(isBalanced)

/** In a replay: the nodes that rejected rows enter, and the rows of the parts that are done. */
export interface Entered {
  readonly nodes: readonly string[]
  readonly rows: number
}

export const entered = (splits: readonly PlannedSplit[], done: ReadonlySet<number>): Entered => ({
  nodes: splits.map(({ source }) => source),
  rows: splits.reduce((sum, { split }, index) => sum + (done.has(index) ? (split.rows ?? 0) : 0), 0),
})

/** The counts of a whole run. A sink that only rejected rows reach stores rejects, not rows of the source. */
export function totals(
  flow: FlowPlan,
  nodes: Readonly<Record<string, NodeReport>>,
  replayed?: Entered,
): Report['rows'] {
  const sources = flow.nodes.filter(({ kind }) => kind === 'source').map(({ id }) => id)
  const good = new Set(replayed?.nodes ?? sources)
  for (const { id } of flow.nodes) {
    for (const { from, port, to } of flow.edges) if (from === id && good.has(id) && port !== 'rejects') good.add(to)
  }
  const sum = (count: 'in' | 'out' | 'filtered' | 'rejected', kind?: NodeReport['kind']) =>
    flow.nodes.reduce(
      (total, node) =>
        total + (good.has(node.id) && (!kind || node.kind === kind) ? (nodes[node.id]?.[count] ?? 0) : 0),
      0,
    )
  return {
    in: replayed?.rows ?? sum('in', 'source'),
    stored: sum('out', 'sink'),
    filtered: sum('filtered'),
    rejected: sum('rejected'),
  }
}
