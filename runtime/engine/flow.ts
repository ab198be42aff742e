import { isAbsolute, join } from 'node:path'
import { Batch, type Column, Identity, type Pool } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import type {
  CompileExpression,
  Json,
  ModelContext,
  NodeDefinition,
  Output,
  Receipt,
  SinkWriteContext,
  SourceContext,
  SourceNode,
  SourceProbe,
  Split,
} from '../sdk/node.ts'
import type { Books } from './books.ts'
import { booksOf } from './books.ts'
import type { CountWriter } from './counters.ts'
import type { EdgePlan, FlowPlan, NodePlan } from './flowplan.ts'
import { type Reach, reach } from './flowplan.ts'
import { NodeRun } from './noderun.ts'
import { EdgeRun, named, Outlet } from './outlet.ts'
import type { LetterRange } from './replay/letters.ts'
import { rereadRows } from './replay/reread.ts'
import { SpillFile } from './spill.ts'

/** A split as a lane gets it. */
export interface SplitTask {
  readonly index: number
  readonly source: string
  readonly split: Split
  /** Splits are left that come after it. */
  readonly more?: boolean
  /** In a replay: rejected rows that enter the node `source`. */
  readonly letters?: LetterRange
}

/** What a split left behind: staged files, books, dead letters. */
export interface SplitResult {
  readonly index: number
  readonly receipts: { readonly [sink: string]: Receipt }
  readonly books: { readonly [node: string]: Books }
}

/** The world around a lane. */
export interface FlowServices {
  readonly pool: Pool
  readonly counters: CountWriter
  readonly clock: () => number
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly compile: (text: string, input: Schema, wanted?: 'bool') => ReturnType<CompileExpression>
  readonly infer: (node: NodePlan, signal: AbortSignal) => ModelContext<unknown>['infer']
  /** A name for a staged file of a sink: the same when the split runs again. */
  readonly stage: (sink: string, split: number, count: number, ending: string) => string
  readonly spillPath: (split: number, node: string) => string
  readonly deadLetters: { readonly write: (rejected: Batch) => void }
  /** Looks at each batch that passes an edge, by the edge's number. */
  readonly tap?: (edge: number, batch: Batch) => void
  readonly log: (node: string, split: number) => (level: 'debug' | 'info' | 'warn', message: string) => void
  /** Rows that each node let out in earlier splits; kept up to date here for ordered nodes and limits. */
  readonly outBefore: Map<string, number>
}

/** Runs one split from its source to every sink that it reaches. */
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
  { nodes, edges }: Reach,
  task: SplitTask,
  services: FlowServices,
  stop: AbortSignal,
): Promise<SplitResult> {
  const failed = new AbortController()
  const signal = AbortSignal.any([stop, failed.signal])
  const runs = new Map(nodes.map((node) => [node.id, makeNode(node, edges, services)]))
  const spills: SpillFile[] = []
  for (const run of runs.values()) connect(run, runs, edges, plan, task, services, spills)
  if (task.letters) (runs.get(task.source) as NodeRun).letters = task.letters
  try {
    const receipts: Record<string, Receipt> = {}
    const sinks = [...runs.values()].filter((run) => run.plan.kind === 'sink')
    for (const run of runs.values())
      if (run.plan.kind !== 'sink') run.outlet?.start(producerOf(run, plan, task, services, signal))
    await Promise.all(
      sinks.map(async (run) => {
        try {
          receipts[run.plan.id] = await write(run, plan, task, services, signal)
        } catch (error) {
          failed.abort(error)
          throw named(error, run.plan.id)
        } finally {
          run.flushRejects()
          run.outlet?.end()
        }
      }),
    )
    for (const run of runs.values()) run.balance()
    for (const run of runs.values()) {
      services.outBefore.set(run.plan.id, (services.outBefore.get(run.plan.id) ?? 0) + run.account.out.rows)
    }
    return { index: task.index, receipts, books: Object.fromEntries([...runs].map(([id, run]) => [id, booksOf(run)])) }
  } catch (error) {
    failed.abort(error)
    throw error
  } finally {
    await Promise.allSettled([...runs.values()].map((run) => run.outlet?.abandon()))
    for (const run of runs.values()) run.close()
    for (const spill of spills) spill.close()
  }
}

function makeNode(plan: NodePlan, edges: readonly EdgePlan[], services: FlowServices): NodeRun {
  const ports = new Set(edges.filter((edge) => edge.from === plan.id).map((edge) => edge.port))
  const { pool, counters, clock, deadLetters, tap } = services
  const definition = services.definitions.get(plan.type) as NodeDefinition
  return new NodeRun(plan, definition, ports, { pool, counters, clock, deadLetter: deadLetters.write, tap })
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
      const consumer = runs.get(edge.to) as NodeRun
      const one = new EdgeRun(edge, consumer)
      consumer.inputs.push(one)
      return one
    })
  // A consumer takes its inputs in the order of the file's edges, not of the nodes.
  for (const { consumer } of own) consumer.inputs.sort((a, b) => a.plan.index - b.plan.index)
  if (own.length === 0 && run.plan.kind === 'sink') return
  const spill = new SpillFile(services.spillPath(task.index, run.plan.id))
  spills.push(spill)
  const mayWait = !meetsAgain(run.plan.id, edges)
  run.outlet = new Outlet(run, { edges: own, mayWait, queueBytes: plan.queueBytes, spill, more: task.more ?? false })
}

/** True where two edges below a node end in the same input: then one of them is read only after the other. */
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
  return [...below].some((one) => edges.filter((edge) => edge.to === one).length > 1)
}

function baseContext(run: NodeRun, plan: FlowPlan, task: SplitTask, services: FlowServices, signal: AbortSignal) {
  return {
    config: run.plan.config,
    node: run.plan.id,
    folder: plan.folder,
    resolve: (path: string) => (isAbsolute(path) ? path : join(plan.folder, path)),
    scope: run.scope,
    signal,
    now: new Date(plan.now),
    runId: plan.runId,
    log: services.log(run.plan.id, task.index),
    count: (name: string, rows: number) => {
      run.named[name] = (run.named[name] ?? 0) + rows
    },
    expression: services.compile,
  }
}

function producerOf(
  run: NodeRun,
  plan: FlowPlan,
  task: SplitTask,
  services: FlowServices,
  signal: AbortSignal,
): AsyncIterator<Output> {
  const base = baseContext(run, plan, task, services, signal)
  const { definition } = run
  if (definition.kind === 'source') return readSource(run, plan, task, services, base)
  const schema = new Schema(run.plan.input ?? [])
  const context = {
    ...base,
    input: Object.assign(run.input(), { schema }),
    probe: run.plan.probe,
    outBefore: services.outBefore.get(run.plan.id) ?? 0,
    infer: run.plan.kind === 'model' ? services.infer(run.plan, signal) : undefined,
  }
  const infer = context.infer
  if (infer) context.infer = (batch, costs) => run.meter.awaiting(infer(batch, costs))
  // The context fits the node's own settings: they were checked against its schema before the run.
  const node = definition as { run: (context: unknown) => AsyncIterable<Output> }
  return node.run(context)[Symbol.asyncIterator]()
}

function readSource(
  run: NodeRun,
  plan: FlowPlan,
  task: SplitTask,
  services: FlowServices,
  base: ReturnType<typeof baseContext>,
): AsyncIterator<Output> {
  const schema = new Schema(run.plan.output ?? [])
  const origins = new Map<string, { node: string; path: string }>()
  const originOf = (path: string) => {
    let origin = origins.get(path)
    if (!origin) origins.set(path, (origin = { node: run.plan.id, path }))
    return origin
  }
  const context: SourceContext<unknown> = {
    ...base,
    split: task.split,
    probe: run.plan.probe as unknown as SourceProbe,
    schema,
    batch: (path: string, numbers: number | Float64Array, rows: number, columns: readonly Column[]) =>
      new Batch(run.scope, schema, columns, new Identity(originOf(path), rows, numbers)),
    reject: (reject) => run.rejectRaw(reject),
    maxRowBytes: plan.maxRowBytes,
  }
  const node = run.definition as SourceNode<never>
  const own = context as SourceContext<never>
  const { letters, index } = task
  const rows = letters ? rereadRows(node, own, letters, services.spillPath(index, run.plan.id)) : node.read(own)
  const left = plan.limit === null ? null : plan.limit - (services.outBefore.get(run.plan.id) ?? 0)
  return (left === null ? rows : atMost(rows, left))[Symbol.asyncIterator]()
}

/** The first rows of a source, then its end: `--limit`. */
async function* atMost(batches: AsyncIterable<Batch>, limit: number): AsyncGenerator<Batch> {
  let left = limit
  if (left <= 0) return
  for await (const batch of batches) {
    yield batch.rows > left ? batch.slice(0, left) : batch
    left -= batch.rows
    if (left <= 0) return
  }
}

async function write(
  run: NodeRun,
  plan: FlowPlan,
  task: SplitTask,
  services: FlowServices,
  signal: AbortSignal,
): Promise<Receipt> {
  const base = baseContext(run, plan, task, services, signal)
  const input = Object.assign(run.input(), { schema: new Schema(run.plan.input ?? []) })
  run.meter.ask()
  const receipt = await store(run, base, task, services, input)
  run.meter.end(false)
  const { account, plan: node } = run
  // What a sink does not reject it stores: its rows out are those of the receipt.
  const kept = {
    rows: account.in.rows - account.rejected.rows,
    a: (account.in.sum.a - account.rejected.sum.a) | 0,
    b: (account.in.sum.b - account.rejected.sum.b) | 0,
  }
  account.add('parents', receipt.rows, kept)
  account.add('out', receipt.rows, kept)
  services.counters.node(node.index, 'out', receipt.rows)
  services.counters.node(node.index, 'parents', receipt.rows)
  return receipt
}

async function store(
  run: NodeRun,
  base: ReturnType<typeof baseContext>,
  task: SplitTask,
  services: FlowServices,
  input: SinkWriteContext<unknown>['input'],
): Promise<Receipt> {
  let staged = 0
  const context = {
    ...base,
    input,
    probe: run.plan.probe as Json,
    splitIndex: task.index,
    stage: (ending: string) => services.stage(run.plan.id, task.index, staged++, ending),
  }
  const node = run.definition as { write: (context: unknown) => Promise<Receipt> }
  return await node.write(context)
}
