import type { Disk } from '../disk/index.ts'
import type { Batch, Pool } from '../memory/index.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { CompileExpression, Json, ModelContext, NodeDefinition, Receipt, Split } from '../sdk/node.ts'
import type { Apart, PartsDone } from './apart/apart.ts'
import { balance } from './balance.ts'
import { addBooks, type Books, booksOf, noBooks } from './books.ts'
import type { CountWriter } from './counters.ts'
import type { RowRange } from './crash/notes.ts'
import type { Watched } from './crash/watched.ts'
import {
  type EdgePlan,
  type End,
  endsOf,
  type FlowPlan,
  inputId,
  type NodePlan,
  type Reach,
  reach,
} from './flowplan.ts'
import { NodeRun } from './noderun.ts'
import { EdgeRun, named, Outlet } from './outlet.ts'
import { producerOf } from './producing.ts'
import { promisedRows } from './promised.ts'
import type { LetterRange } from './replay/letters.ts'
import { SpillFile } from './spill.ts'
import { store } from './storing.ts'
import type { FileVersion } from './versions.ts'

/** A split as a lane gets it. */
export interface SplitTask {
  readonly index: number
  readonly source: string
  readonly split: Split
  /** Splits are left that come after it. */
  readonly more?: boolean
  /** How often this process has begun it before: what it stages gets other names than what a sink may have by now. */
  readonly turn?: number
  /** In a replay: rejected rows that enter the node `source`. */
  readonly letters?: LetterRange
  /** The files of its parts as they were when the run was planned; left out where that does not matter. */
  readonly versions?: readonly FileVersion[]
  /** By sink, how its rows of this split go to it in parts. */
  readonly apart?: { readonly [end: string]: Apart }
  /** Where `source` is a node that needed all rows: what its `gather` wants to find again. */
  readonly data?: Json
}

/** What a split left behind: staged files, books, dead letters. */
export interface SplitResult {
  readonly index: number
  /** By the end's id. */
  readonly receipts: { readonly [end: string]: Receipt }
  readonly books: { readonly [node: string]: Books }
}

/** The world around a lane. */
export interface FlowServices {
  readonly disk: Disk
  readonly pool: Pool
  readonly counters: CountWriter
  readonly clock: () => number
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly compile: (text: string, input: Schema, wanted?: 'bool') => ReturnType<CompileExpression>
  readonly infer: (node: NodePlan, signal: AbortSignal) => ModelContext<unknown>['infer']
  /** A name for a staged file of an end: the same when the split runs again. */
  readonly stage: (end: End, split: number, count: number, ending: string) => string
  readonly spillPath: (split: number, node: string) => string
  readonly deadLetters: { readonly write: (rejected: Batch, own?: Batch) => void }
  /** Looks at each batch that passes an edge, by the edge's number. */
  readonly tap?: (edge: number, batch: Batch) => void
  readonly log: (node: string, split: number) => (level: 'debug' | 'info' | 'warn', message: string) => void
  /** Rows that each node let out in earlier splits; kept up to date here for ordered nodes and limits. */
  readonly outBefore: Map<string, number>
  /** Where a sink notes what it does in native code. */
  readonly watched?: (node: string) => Watched
  /** A sink could not take a split's rows, and some of them may be the reason. */
  readonly onSinkFailed?: (end: string, error: unknown) => void
  /** A row is rejected where columns are missing: throws. */
  readonly onNarrow?: () => never
  /** Has the main thread make some rows of a split durable. */
  readonly commitPart?: (
    end: string,
    split: number,
    receipt: Receipt,
    part: PartsDone,
    range: RowRange,
  ) => Promise<void>
  /** The pipeline's own limit of rejected rows. */
  readonly errorLimit?: number | string | undefined
  /** Takes secrets out of what a node says about a row. */
  readonly clean?: (text: string) => string
  /** Where rows end, somebody may have seen enough: in a preview. */
  readonly endsMayLeave?: boolean
}

/** Runs one split from its source to every end that it reaches. */
export async function runSplit(
  plan: FlowPlan,
  task: SplitTask,
  services: FlowServices,
  stop: AbortSignal,
): Promise<SplitResult> {
  return await runPart(plan, reach(plan, task.source), task, services, stop)
}

/** Runs one split through the nodes given: a preview takes one node at a time, with what leads to it as its sources. */
export async function runPart(
  plan: FlowPlan,
  part: Reach,
  task: SplitTask,
  services: FlowServices,
  stop: AbortSignal,
): Promise<SplitResult> {
  const failed = new AbortController()
  const signal = AbortSignal.any([stop, failed.signal])
  const ends = endsOf(part, task.source)
  const runs = new Map<string, NodeRun>()
  for (const node of part.nodes) {
    const own = ends.filter((end) => end.node.id === node.id)
    if (own.length === 0) runs.set(node.id, makeNode(node, null, part.edges, services))
    for (const end of own) runs.set(end.id, makeNode(node, end.input, part.edges, services))
  }
  const spills: SpillFile[] = []
  for (const run of runs.values()) connect(run, runs, part.edges, plan, task, services, spills)
  if (task.letters) (runs.get(task.source) as NodeRun).letters = task.letters
  const world = { plan, task, services, signal }
  let storing: Promise<void>[] = []
  try {
    const receipts: Record<string, Receipt> = {}
    for (const run of runs.values()) if (!run.isEnd) run.outlet?.start(producerOf(run, world))
    storing = ends.map(async (end) => {
      const run = runs.get(end.id) as NodeRun
      try {
        receipts[end.id] = await store(run, end, world)
      } catch (error) {
        failed.abort(error)
        throw named(error, run.plan.id)
      } finally {
        run.flushRejects()
        run.outlet?.end()
      }
    })
    await Promise.all(storing)
    const promised = promisedRows(plan, task)
    for (const run of runs.values()) balance(run, run.plan.id === task.source ? promised : null, services.endsMayLeave)
    return { index: task.index, receipts, books: booksBelow(runs.values(), services.outBefore) }
  } catch (error) {
    failed.abort(error)
    throw error
  } finally {
    await Promise.allSettled([...runs.values()].map((run) => run.outlet?.abandon()))
    // The others end by that, too. The split may run again at once, and its files have the same names then.
    await Promise.allSettled(storing)
    for (const run of runs.values()) run.close()
    for (const spill of spills) spill.close()
  }
}

/** The books of the split by node, and what its nodes let out added to what they had let out before. */
function booksBelow(runs: Iterable<NodeRun>, outBefore: Map<string, number>): Record<string, Books> {
  const books: Record<string, Books> = {}
  for (const run of runs) {
    const { id } = run.plan
    books[id] = addBooks(books[id] ?? noBooks, booksOf(run))
    outBefore.set(id, (outBefore.get(id) ?? 0) + run.account.out.rows)
  }
  return books
}

function makeNode(plan: NodePlan, input: string | null, edges: readonly EdgePlan[], services: FlowServices): NodeRun {
  const ports = new Set(edges.filter((edge) => edge.from === plan.id).map((edge) => edge.port))
  const { pool, counters, clock, deadLetters, tap, onNarrow, clean = (text: string) => text } = services
  const definition = services.definitions.get(plan.type) as NodeDefinition
  const own = { pool, counters, clock, deadLetter: deadLetters.write, onNarrow, clean, tap }
  return new NodeRun(plan, input, definition, ports, own)
}

function connect(
  run: NodeRun,
  runs: ReadonlyMap<string, NodeRun>,
  edges: readonly EdgePlan[],
  plan: FlowPlan,
  task: SplitTask,
  services: FlowServices,
  spills: SpillFile[],
): void {
  const own = edges
    .filter((edge) => edge.from === run.plan.id)
    .map((edge) => {
      const consumer = (runs.get(edge.to) ?? runs.get(inputId(edge.to, edge.input))) as NodeRun
      const one = new EdgeRun(edge, consumer)
      consumer.inputs.push(one)
      return one
    })
  // A consumer takes its inputs in the order of the file's edges, not of the nodes.
  for (const { consumer } of own) consumer.inputs.sort((a, b) => a.plan.index - b.plan.index)
  if (own.length === 0 && run.isEnd) return
  const spill = new SpillFile(services.spillPath(task.index, run.plan.id))
  spills.push(spill)
  const mayWait = !meetsAgain(run.plan.id, edges)
  run.outlet = new Outlet(run, { edges: own, mayWait, queueBytes: plan.queueBytes, spill, more: task.more ?? false })
}

/** True where two edges below a node lead into the same input: then one of them is read only after the other. */
function meetsAgain(node: string, edges: readonly EdgePlan[]): boolean {
  const below = new Set([node])
  for (let grown = true; grown; ) {
    grown = false
    for (const edge of edges) {
      if (below.has(edge.from) && !below.has(edge.to)) {
        below.add(edge.to)
        grown = true
      }
    }
  }
  const inputs = edges.filter(({ to }) => below.has(to)).map(({ to, input }) => inputId(to, input))
  return new Set(inputs).size < inputs.length
}
