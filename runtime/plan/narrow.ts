import { type NodePlan, type Reach, reach } from '../engine/flowplan.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { columnsOf } from '../pipeline/columns.ts'
import type { PipelineEdge } from '../pipeline/model.ts'
import { originsOf } from '../pipeline/origins.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import type { RunValues } from '../pipeline/params/resolve.ts'
import { Schema } from '../pipeline/schema.ts'
import { unionOf } from '../pipeline/union.ts'
import type { Json, SourceProbe, TransformNode } from '../sdk/node.ts'

type Columns = ReadonlyMap<string, ReadonlySet<string>>

/**
 * The nodes of a flow whose sources leave out the columns that nobody downstream reads; null where all are read. What
 * comes to sinks, to models, and to nodes that need all rows or do not say what they read is the same, which is checked
 * here: a node that said too little makes the flow read all. A row that is rejected where columns are missing
 * (`narrowed`) has its split taken once more with all of them, so that dead letters are whole. Pure.
 */
export function narrowNodes(checked: readonly CheckedNode[], flow: Reach, values: RunValues): NodePlan[] | null {
  if (checked.some(({ definition, input, output }) => (definition.kind === 'source' ? !output : !input))) return null
  const unread = unreadColumns(checked, flow)
  if (unread.size === 0) return null
  const known = new Map(checked.map((node) => [node.id, node]))
  const leaving = new Map<string, Schema>()
  const nodes: NodePlan[] = []
  for (const plan of flow.nodes) {
    const node = known.get(plan.id) as CheckedNode
    const narrow =
      node.definition.kind === 'source' ? ofSource(plan, unread) : ofOther(plan, node, known, leaving, values)
    if (!narrow) return null
    nodes.push(narrow)
    if (narrow.output)
      leaving.set(plan.id, narrow.output === plan.output ? (node.output as Schema) : new Schema(narrow.output))
  }
  return nodes
}

function ofSource(plan: NodePlan, unread: Columns): NodePlan {
  const without = unread.get(plan.id)
  if (!without || !plan.output) return plan
  return { ...plan, output: plan.output.filter(({ name }) => !without.has(name)), whole: plan.output, narrowed: true }
}

/** A node behind sources that leave columns out; null where it must not miss any. */
function ofOther(
  plan: NodePlan,
  { inputs, definition, config, probe, output }: CheckedNode,
  checked: ReadonlyMap<string, CheckedNode>,
  leaving: ReadonlyMap<string, Schema>,
  values: RunValues,
): NodePlan | null {
  const edges = inputs.map((edge) => {
    const from = checked.get(edge.from.node) as CheckedNode
    // Nothing is rejected where columns are missing: what comes by such an edge comes whole.
    if (edge.from.port === 'rejects') return { edge, schema: from.rejects as Schema, same: true }
    const schema = leaving.get(from.id) as Schema
    return { edge, schema, same: schema.equals(from.output as Schema) }
  })
  if (edges.every(({ same }) => same)) return plan
  if (definition.kind !== 'transform' || !definition.reads) return null
  const input = unionOf(edges).schema
  const constants = constantsOf(values)
  const answer = columnsOf({ definition, config, inputs: { '': input }, probe: probe as Json, constants })
  if (!answer.output?.fields.every(({ name }) => output?.field(name))) return null
  return { ...plan, input: input.fields, output: answer.output.fields, narrowed: true }
}

/** By source, the columns that it may leave out and nobody reads; one column is always read. */
function unreadColumns(checked: readonly CheckedNode[], flow: Reach): Columns {
  const wanted = wantedColumns(checked)
  const found = new Map<string, ReadonlySet<string>>()
  for (const { id, definition, config, probe, output } of checked) {
    if (definition.kind !== 'source' || !definition.mayLeaveOut) continue
    // Beside inference reading is cheap, and taking a split twice is not.
    if (reach(flow, id).nodes.some(({ kind }) => kind === 'model')) continue
    // The settings were checked against the node's own schema.
    const may = definition.mayLeaveOut({ config: config as never, probe: probe as SourceProbe })
    const unread = new Set(may.filter((name) => output?.field(name) && !wanted.get(id)?.has(name)))
    if (unread.size === output?.fields.length) unread.delete(output.fields[0]?.name ?? '')
    if (unread.size) found.set(id, unread)
  }
  return found
}

/** By node, the columns that leave it and that somebody behind it reads, or passes on to somebody who does. */
function wantedColumns(checked: readonly CheckedNode[]): Columns {
  const wanted = new Map(checked.map(({ id }) => [id, new Set<string>()]))
  for (const node of checked.toReversed()) {
    const needs = needsOf(node, wanted.get(node.id) as ReadonlySet<string>)
    for (const { from } of node.inputs as readonly PipelineEdge[]) {
      const before = from.port === 'rejects' ? undefined : wanted.get(from.node)
      for (const name of needs ?? checkedNames(checked, from.node)) before?.add(name)
    }
  }
  return wanted
}

const checkedNames = (checked: readonly CheckedNode[], id: string): string[] =>
  (checked.find((node) => node.id === id)?.output?.fields ?? []).map(({ name }) => name)

/** The columns of its input that a node needs where these of its output are wanted; null: all. */
function needsOf(node: CheckedNode, wanted: ReadonlySet<string>): Set<string> | null {
  const { definition, config, input, probe } = node
  if (definition.kind !== 'transform' || !definition.reads || !input) return null
  const from = originsOf(node)
  const read = readBy(definition, { config: config as never, input, probe: probe as Json })
  return read && new Set([...read, ...[...wanted].flatMap((name) => from[name] ?? [])])
}

/** A node that throws here reads all. */
function readBy({ reads }: TransformNode, context: Parameters<NonNullable<TransformNode['reads']>>[0]) {
  try {
    return reads?.(context) ?? null
  } catch {
    return null
  }
}
