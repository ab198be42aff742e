import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { realDisk } from '../disk/index.ts'
import { type Books, noBooks } from '../engine/books.ts'
import { type FlowServices, runPart, type SplitTask } from '../engine/flow.ts'
import type { EdgePlan, FlowPlan, NodePlan } from '../engine/flowplan.ts'
import { compileExpression } from '../expression/index.ts'
import type { Batch, Pool, Scope } from '../memory/index.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import type { RunValues } from '../pipeline/params/resolve.ts'
import type { Schema } from '../pipeline/schema.ts'
import { Type } from '../sdk/index.ts'
import type { ModelContext, NodeDefinition, Receipt, SinkNode, SourceContext, SourceNode, Split } from '../sdk/node.ts'

/** Rows that enter a node by one edge. */
export interface Given {
  readonly schema: Schema
  readonly batches: readonly Batch[]
  /** The name of the way where the rows leave the node before by several; '' else. */
  readonly branch: string
  /** The input that they enter, as the edge names it and by its name; '' for the only one. */
  readonly to?: Pick<EdgePlan, 'toPort' | 'input'>
}

/** What a node is run with. */
export interface AloneOptions {
  readonly definition: NodeDefinition
  readonly folder: string
  readonly now: number
  /** What `param.x` and `run.x` are in expressions. */
  readonly values: RunValues
  readonly pool: Pool
  readonly signal: AbortSignal
  /** A row's most bytes; 64 MiB where it is not said. */
  readonly maxRowBytes?: number
  /** Ports whose rows are wanted; what leaves by others counts as filtered. */
  readonly ports: readonly string[]
  /** A source's first rows. */
  readonly split?: Split
  /** Most rows that enter. */
  readonly rows?: number
  readonly infer?: ModelContext<unknown>['infer']
  /** Rows that the node let out for sources before this one. */
  readonly outBefore: Map<string, number>
  /** Takes secrets out of what the node says about a row. */
  readonly clean?: (text: string) => string
  /** Of a node that needs all rows: which part of its rows is kept or read, and where it is kept. */
  readonly part?: Pick<SplitTask, 'index' | 'source' | 'data'> & { readonly stage?: FlowServices['stage'] }
}

/** What left a node, in the scope that was given. */
export interface Left {
  readonly ports: ReadonlyMap<string, Batch[]>
  readonly rejects: readonly Batch[]
  readonly books: Books
  readonly receipts: { readonly [end: string]: Receipt }
  /** The node gave so much that it was stopped. */
  readonly cut: boolean
}

let spills = 0

/** Most bytes that are kept of one node's output. */
const mostBytes = 64 << 20

/** Runs one node over rows that are there already, as a run would, and keeps what leaves it in `scope`. */
export async function runAlone(
  node: NodePlan,
  given: readonly Given[],
  scope: Scope,
  options: AloneOptions,
): Promise<Left> {
  const { ports, signal } = options
  const left = { ports: new Map<string, Batch[]>(), rejects: [] as Batch[], cut: false }
  const definitions = new Map<string, NodeDefinition>([[node.type, options.definition]])
  const nodes: NodePlan[] = [node]
  const edges: EdgePlan[] = []
  const add = (id: string, definition: NodeDefinition, schema: Schema | null, edge: Omit<EdgePlan, 'index'>) => {
    definitions.set(id, definition)
    nodes.push({ ...bare, id, type: id, index: nodes.length, kind: definition.kind, output: schema?.fields ?? null })
    edges.push({ ...edge, index: edges.length })
  }
  const most = { rows: options.rows ?? Number.POSITIVE_INFINITY }
  for (const [i, one] of given.entries())
    add(`given:${i}`, giving(one, most), one.schema, {
      from: `given:${i}`,
      port: '',
      to: node.id,
      ...unnamed,
      ...one.to,
    })
  for (const port of ports) {
    const kept: Batch[] = []
    left.ports.set(port, kept)
    const keeping = keeper(kept, scope, () => (left.cut = true))
    add(`kept:${port}`, keeping, null, { from: node.id, port, to: `kept:${port}`, ...unnamed })
    // A keeper takes what the node gives.
    nodes[nodes.length - 1] = { ...(nodes.at(-1) as NodePlan), input: node.output }
  }
  const plan: FlowPlan = {
    nodes,
    edges,
    folder: options.folder,
    runId: 'preview',
    now: options.now,
    values: options.values,
    maxRowBytes: options.maxRowBytes ?? 64 << 20,
    queueBytes: 16 << 20,
    limit: null,
  }
  const services = servicesOf(options, definitions, (rejected) => left.rejects.push(rejected.into(scope)))
  const task = { index: 0, source: node.id, ...options.part, split: options.split ?? { parts: [], bytes: 0 } }
  const { books, receipts } = await runPart(plan, { nodes, edges }, task, services, signal)
  return { ...left, receipts, books: books[node.id] ?? noBooks }
}

const unnamed = { toPort: '', input: '' } as const

const bare = {
  config: {},
  probe: null,
  input: null,
  inputs: null,
  output: null,
  rejects: null,
  onError: 'fail',
  timeout: null,
  resource: null,
} as const

const info = { title: '', description: '', config: Type.Object({}), examples: [] }

/** A source of rows that are there already; all sources of a node share what may still enter. */
function giving({ batches, branch }: Given, most: { rows: number }): SourceNode {
  return {
    ...info,
    kind: 'source',
    probe: async () => ({ columns: [], files: [] }),
    splits: async () => [],
    async *read({ scope, signal }: SourceContext<unknown>) {
      for (const batch of batches) {
        signal.throwIfAborted()
        if (most.rows <= 0) return
        const own = batch.into(scope)
        const some = own.rows > most.rows ? own.slice(0, most.rows) : own
        most.rows -= some.rows
        yield branch ? some.onBranch(branch) : some
      }
    },
  }
}

function keeper(kept: Batch[], scope: Scope, onCut: () => void): SinkNode {
  return {
    ...info,
    kind: 'sink',
    open: async () => {
      throw new Error('a preview opens no sink')
    },
    write: async ({ input }) => {
      let bytes = 0
      let rows = 0
      for await (const batch of input) {
        kept.push(batch.into(scope))
        rows += batch.rows
        bytes += batch.bytes
        if (bytes < mostBytes) continue
        onCut()
        break
      }
      return { rows, bytes, files: [] }
    },
  }
}

function servicesOf(
  { pool, infer, outBefore, now, values, clean, part }: AloneOptions,
  definitions: ReadonlyMap<string, NodeDefinition>,
  onRejected: (rejected: Batch) => void,
): FlowServices {
  return {
    disk: realDisk,
    pool,
    counters: { node: () => {}, edge: () => {}, turn: () => {}, press: () => {} },
    clock: () => performance.now(),
    definitions,
    compile: (text, input, wanted) =>
      compileExpression(text, input, { wanted, now: new Date(now), constants: constantsOf(values) }),
    infer: () => infer as NonNullable<typeof infer>,
    stage:
      part?.stage ??
      (() => {
        throw new Error('a preview stages nothing')
      }),
    // Previews of several pipelines go on at once, and their nodes may be called alike.
    spillPath: () => join(tmpdir(), `headrace-preview-${process.pid}-${spills++}`),
    deadLetters: { write: onRejected },
    log: () => () => {},
    outBefore,
    endsMayLeave: true,
    ...(clean && { clean }),
  }
}
