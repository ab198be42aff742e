import type { Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { inputName } from '../pipeline/graph.ts'
import { type PipelineEdge, portText } from '../pipeline/model.ts'
import type { Schema } from '../pipeline/schema.ts'
import { nodePlan } from '../plan/plan.ts'
import type { Session, SourceNode, SourceProbe, TableNode } from '../sdk/node.ts'
import { type AloneOptions, type Given, type Left, runAlone } from './alone.ts'
import { runTableAlone } from './gathered.ts'
import { keptPorts } from './order.ts'
import { mostRejected, rejectedRows } from './rejected.ts'
import type { Result } from './results.ts'
import { type SampleLimits, sampleOf } from './sample.ts'
import { inferWith, type Sessions } from './sessions.ts'

/** A model gets this many of its rows: enough to look at, and quick. */
export const modelRows = 64

/** What is around a node in a preview. */
export interface Around {
  readonly folder: string
  readonly now: number
  readonly values: AloneOptions['values']
  readonly signal: AbortSignal
  readonly limits: SampleLimits
  /** Most rows that a model gets; `modelRows` where it is not said. */
  readonly modelRows?: number
  readonly sessions: Sessions
  /** What the nodes before it gave. */
  readonly results: ReadonlyMap<string, Result>
  /** The columns that leave a node by a port. */
  readonly schema: (edge: PipelineEdge) => Schema
  /** Takes secrets out of what a node says about a row. */
  readonly clean?: (text: string) => string
  /** A node's edges out, of the whole pipeline. */
  readonly siblings: (edge: PipelineEdge) => number
}

type Made = Omit<Result, 'scope'>

/** Runs a node over what the nodes before it gave; its settings have their secrets. */
export async function resultOf(node: CheckedNode, scope: Scope, around: Around): Promise<Made> {
  const { definition } = node
  if (definition.kind === 'source') return await sampled(node, definition, scope, around)
  if (definition.kind === 'model')
    return await around.sessions.with(node, around.folder, (session) => fed(node, scope, around, session))
  if (definition.kind === 'table') return await together(node, definition, scope, around)
  return await fed(node, scope, around)
}

async function sampled(node: CheckedNode, definition: SourceNode, scope: Scope, around: Around): Promise<Made> {
  const { config, id } = node
  const { folder, signal, limits } = around
  const sample = await sampleOf(definition, { config, probe: node.probe as SourceProbe, folder, signal }, limits)
  const { split } = sample
  const left = await runAlone(nodePlan(node, 0), [], scope, { ...optionsOf(node, scope, around), ...sample, split })
  return { ...madeOf(node, new Map([[id, left]]), false), complete: sample.complete() }
}

/** Each source's rows pass a node by themselves, as its splits do in a run. */
async function fed(node: CheckedNode, scope: Scope, around: Around, session?: Session): Promise<Made> {
  const left = new Map<string, Left>()
  const infer = session && inferWith(session, around.signal)
  const most = around.modelRows ?? modelRows
  let room = session ? most : Number.POSITIVE_INFINITY
  const options = { ...optionsOf(node, scope, around), ...(infer && { infer }) }
  let offered = 0
  for (const source of sourcesAbove(node, around)) {
    around.signal.throwIfAborted()
    const given = givenTo(node, source, around)
    offered += given.reduce((sum, { batches }) => sum + batches.reduce((rows, batch) => rows + batch.rows, 0), 0)
    const one = await runAlone(nodePlan(node, 0), given, scope, { ...options, rows: room })
    room -= one.books.in
    left.set(source, one)
  }
  return madeOf(node, left, room <= 0 && offered > most)
}

/** A node that needs all rows gets those of all sources; what it makes goes on as the rows of one source, itself. */
async function together(node: CheckedNode, definition: TableNode, scope: Scope, around: Around): Promise<Made> {
  const names = definition.inputs ? (definition.inputs(node.config as never) ?? 'any') : ['']
  const given = [...sourcesAbove(node, around)].map((source) =>
    givenTo(node, source, around).map((one, i) => {
      const toPort = node.inputs[i]?.to.port ?? ''
      return { ...one, to: { toPort, input: inputName(toPort, names) } }
    }),
  )
  const left = await runTableAlone(nodePlan(node, 0), definition, given, scope, optionsOf(node, scope, around))
  return madeOf(node, new Map([[node.id, left]]), false)
}

const optionsOf = (node: CheckedNode, scope: Scope, { folder, now, values, signal, clean }: Around): AloneOptions => ({
  definition: node.definition,
  folder,
  now,
  values,
  pool: scope.pool,
  signal,
  ports: keptPorts(node),
  outBefore: new Map(),
  ...(clean && { clean }),
})

/** The sources whose rows reach a node, in the order of its edges. */
const sourcesAbove = ({ inputs }: CheckedNode, { results }: Around): Set<string> =>
  new Set(inputs.flatMap(({ from }) => [...(results.get(from.node)?.left.keys() ?? [])]))

function givenTo({ inputs }: CheckedNode, source: string, around: Around): Given[] {
  return inputs.map((edge) => ({
    schema: around.schema(edge),
    batches: rowsOf(around.results.get(edge.from.node), edge.from.port, source),
    branch: around.siblings(edge) > 1 ? portText(edge.to) : '',
  }))
}

/** What a node gave at a port, of one source or of all. */
export function rowsOf(result: Result | undefined, port: string, source?: string) {
  const lefts = source === undefined ? [...(result?.left.values() ?? [])] : [result?.left.get(source)]
  return lefts.flatMap((left) => (port === 'rejects' ? left?.rejects : left?.ports.get(port)) ?? [])
}

function madeOf(node: CheckedNode, left: ReadonlyMap<string, Left>, limited: boolean): Made {
  const all = [...left.values()]
  const sum = (count: 'in' | 'out' | 'filtered' | 'rejected') =>
    all.reduce((total, { books }) => total + books[count], 0)
  const isSource = node.definition.kind === 'source'
  const batches = all.flatMap(({ ports, rejects }) => [...ports.values(), rejects].flat())
  return {
    left,
    rejected: rejectedRows(
      all.flatMap(({ rejects }) => rejects),
      isSource,
    ).slice(0, mostRejected),
    counts: { in: sum('in'), out: sum('out'), filtered: sum('filtered'), rejected: sum('rejected') },
    limited: limited || all.some(({ cut }) => cut),
    complete: true,
    bytes: batches.reduce((total, batch) => total + batch.bytes, 0),
  }
}
