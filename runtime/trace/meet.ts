import type { EdgePlan, NodePlan } from '../engine/flowplan.ts'
import type { Batch, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { isOwnType } from '../pipeline/owntype.ts'
import { type Given, type Left, runAlone } from '../preview/alone.ts'
import { inferWith } from '../preview/sessions.ts'
import type { Cell } from '../server/api/rows.ts'
import type { TracedFate, TracedOutput, TracedReject, TraceStep } from '../server/api/trace.ts'
import { conditionsOf } from './conditions.ts'
import type { Wanted } from './question.ts'
import { shortText } from './text.ts'
import { cellsOf, valuesOf } from './values.ts'
import { branchOf, type Entry, isMeant, type Met, rowsApart, type Walk } from './walk.ts'

/** Most pieces of a row that go on from one node; the others are counted. */
export const mostPieces = 10

/** Takes one row through a node that treats rows one by one. */
export async function meet(node: NodePlan, entry: Entry, wanted: Wanted, scope: Scope, walk: Walk): Promise<Met> {
  const checked = walk.run.checked.nodes[node.id] as CheckedNode
  const options = { ...walk.options(node), ports: checked.ports }
  const run = (infer?: ReturnType<typeof inferWith>) =>
    runAlone({ ...node, onError: 'reject' }, [givenOf(entry)], scope, { ...options, ...(infer && { infer }) })
  const left =
    node.kind === 'model'
      ? await walk.sessions.with(checked, walk.run.checked.folder, (session) => run(inferWith(session, walk.signal)))
      : await run()
  const entered = entry.batch
  const conditions = () => conditionsOf(checked, entered, walk)
  // A node beside the pipeline may remember rows: nothing says that it does not.
  const note = isOwnType(node.type) ? 'taken alone: what it would do with the rows around this one is not seen' : null
  return leaving({ node, left, entered, wanted, scope, walk, conditions, note })
}

/** The row as it goes in by its edge: under the identity that it has on that way. */
export const givenOf = ({ edge, batch }: Entry): Given => ({
  schema: batch.schema,
  batches: [batch],
  branch: '',
  ...(edge && { to: { toPort: edge.toPort, input: edge.input } }),
})

export interface Leaving {
  readonly node: NodePlan
  readonly left: Pick<Left, 'ports' | 'rejects'>
  /** Null for a source. */
  readonly entered: Batch | null
  readonly wanted: Wanted
  readonly scope: Scope
  readonly walk: Walk
  readonly conditions?: () => TraceStep['conditions']
  readonly note?: string | null
}

/** What left a node, as a step, with the rows that go on and the fates of those that do not. */
export function leaving({ node, left, entered, wanted, scope, walk, conditions, note = null }: Leaving): Met {
  const cells = entered && cellsOf(entered)
  const outs = [...left.ports].flatMap(([port, batches]) => rowsApart(batches, scope).map((batch) => ({ port, batch })))
  const meant = outs.filter(({ batch }) => isMeant(batch.identity, wanted))
  const shown = meant.slice(0, mostPieces)
  const [reject] = rowsApart(left.rejects, scope)
  const identity = (entered ?? reject ?? outs[0]?.batch)?.identity.text(0) ?? ''
  const base = { node: node.id, type: node.type, kind: node.kind, identity }
  if (reject) return rejected(base, reject, node, cells, walk)
  const decided = outs.length === 0 || (walk.run.checked.nodes[node.id]?.ports.length ?? 0) > 1
  const step: TraceStep = {
    ...base,
    outcome: outs.length === 0 ? 'filtered' : 'passed',
    outputs: shown.map(({ port, batch }) => outputOf(batch, port, edgesOf(walk, node, port), cells)),
    more: outs.length - shown.length,
    conditions: (decided && conditions?.()) || [],
    rejected: null,
    note,
  }
  const on = shown.flatMap(({ port, batch }) => waysOf(batch, edgesOf(walk, node, port)))
  const lost = shown.filter(({ port }) => edgesOf(walk, node, port).length === 0)
  return {
    step,
    on: on.filter(({ batch }) => isMeant(batch.identity, wanted)),
    fates: [
      ...(outs.length === 0 ? [fate('filtered', base, filteredWords(node, step, note))] : []),
      ...lost.map(({ port, batch }) =>
        fate(
          'filtered',
          { ...base, identity: batch.identity.text(0) },
          `left ${node.id}${port && ` by "${port}"`}, from where no sink is reached: counted as filtered`,
        ),
      ),
    ],
  }
}

type Base = Pick<TraceStep, 'node' | 'type' | 'kind' | 'identity'>

function rejected(base: Base, reject: Batch, node: NodePlan, cells: ReadonlyMap<string, Cell> | null, walk: Walk): Met {
  const row = reject.row(0) as Record<string, string | null>
  const why: TracedReject = {
    code: String(row['_code']),
    message: String(row['_message']),
    column: row['_column'] ?? null,
  }
  const edges = edgesOf(walk, node, 'rejects')
  const stopped = node.onError === 'fail' ? ' (onError is "fail": the run stopped there)' : ''
  return {
    step: {
      ...base,
      outcome: 'rejected',
      outputs: edges.length ? [outputOf(reject, 'rejects', edges, cells)] : [],
      more: 0,
      conditions: [],
      rejected: why,
      note: null,
    },
    on: waysOf(reject, edges),
    fates: [fate('rejected', base, `rejected by ${node.id}: ${why.message}${stopped}`)],
  }
}

export const fate = (
  what: TracedFate['fate'],
  { node, identity }: Pick<Base, 'node' | 'identity'>,
  sentence: string,
  output: string | null = null,
): TracedFate => ({ identity, node, fate: what, sentence, output })

export const edgesOf = ({ run }: Walk, { id }: NodePlan, port: string): readonly EdgePlan[] =>
  run.plan.flow.edges.filter((edge) => edge.from === id && edge.port === port)

/** The row on each way that leaves a port; where there are several each is named in its identity. */
const waysOf = (batch: Batch, edges: readonly EdgePlan[]): Entry[] =>
  edges.map((edge) => ({ edge, batch: edges.length > 1 ? batch.onBranch(branchOf(edge)) : batch }))

function outputOf(
  batch: Batch,
  port: string,
  edges: readonly EdgePlan[],
  entered: ReadonlyMap<string, Cell> | null,
): TracedOutput {
  const { schema } = batch
  return {
    identity: batch.identity.text(0),
    port,
    to: edges.map(({ to, toPort }) => (toPort ? `${to}.${toPort}` : to)),
    values: valuesOf(batch, entered),
    dropped: [...(entered?.keys() ?? [])].filter((name) => schema.indexOf(name) < 0),
  }
}

function filteredWords(node: NodePlan, { conditions }: TraceStep, note: string | null): string {
  const [first] = conditions
  if (!first) return `filtered by ${node.id}: ${note ?? 'no row left it'}`
  const values = first.columns.map(({ column, value, type }) => `${column} = ${shortText(value, type)}`)
  const is = first.value === null ? 'has no value' : `is ${first.value}`
  return `filtered by ${node.id}: ${first.expression} ${is}${values.length ? ` (${values.join(', ')})` : ''}`
}
