import { type NodePlan, type Reach, reach } from '../engine/flowplan.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { columnsOf } from '../pipeline/columns.ts'
import { originsOf } from '../pipeline/origins.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import type { RunValues } from '../pipeline/params/resolve.ts'
import { Schema } from '../pipeline/schema.ts'
import { unionOf } from '../pipeline/union.ts'
import type { Json, SourceProbe } from '../sdk/node.ts'

type Columns = ReadonlyMap<string, ReadonlySet<string>>

/**
 * The nodes of a flow whose sources leave out the columns that nobody downstream reads; null where all are read. What
 * comes to sinks, to models, and to nodes that do not say what they read (most that need all rows among them) is the same,
 * which is checked here: a node that said too little makes the flow read all. A row that is rejected where columns are
 * missing (`narrowed`) has its split taken once more with all of them, so that dead letters are whole. Pure.
 */
export function narrowNodes(checked: readonly CheckedNode[], flow: Reach, values: RunValues): NodePlan[] | null {
  if (checked.some(({ definition, input, output }) => (definition.kind === 'source' ? !output : !input))) return null
  const unread = unreadColumns(checked, flow)
  if (unread.size === 0) return null
  const known = new Map(checked.map((node) => [node.id, node]))
  const leaving = new Map<string, Leaving>()
  const nodes: NodePlan[] = []
  for (const plan of flow.nodes) {
    const node = known.get(plan.id) as CheckedNode
    const found = plan.kind === 'source' ? ofSource(plan, unread) : ofOther(plan, node, known, leaving, values)
    if (!found) return null
    const { plan: own, lacking } = found
    nodes.push(own)
    const schema = own.output === plan.output ? node.output : new Schema(own.output ?? [])
    if (schema) leaving.set(plan.id, { schema, lacking })
  }
  return nodes
}

/** What leaves a node: the columns, and those that are missing from some rows at least (in a union others may have them). */
interface Leaving {
  readonly schema: Schema
  readonly lacking: ReadonlySet<string>
}

interface Narrow {
  readonly plan: NodePlan
  readonly lacking: ReadonlySet<string>
}

function ofSource(plan: NodePlan, unread: Columns): Narrow {
  const lacking = unread.get(plan.id)
  if (!lacking || !plan.output) return { plan, lacking: new Set() }
  const output = plan.output.filter(({ name }) => !lacking.has(name))
  return { plan: { ...plan, output, whole: plan.output, narrowed: true }, lacking }
}

/** A node behind sources that leave columns out; null where it must not miss any. */
function ofOther(
  plan: NodePlan,
  node: CheckedNode,
  checked: ReadonlyMap<string, CheckedNode>,
  leaving: ReadonlyMap<string, Leaving>,
  values: RunValues,
): Narrow | null {
  const { inputs, definition, config, probe, output } = node
  const lacks = new Set<string>()
  const edges = inputs.map((edge) => {
    const from = checked.get(edge.from.node) as CheckedNode
    // Nothing is rejected where columns are missing: what comes by such an edge comes whole.
    if (edge.from.port === 'rejects') return { edge, schema: from.rejects as Schema, same: true }
    const { schema, lacking } = leaving.get(from.id) as Leaving
    for (const name of lacking) lacks.add(name)
    return { edge, schema, same: schema.equals(from.output as Schema) }
  })
  if (lacks.size === 0 && edges.every(({ same }) => same)) return { plan, lacking: lacks }
  if (readOf(node)?.some((name) => lacks.has(name)) !== false) return null
  const input = unionOf(edges).schema
  if (definition.kind === 'table') {
    // It stages what it reads and nothing else, so that the rows it makes lack nothing.
    const inputs = { '': input.fields }
    return { plan: { ...plan, input: input.fields, inputs, narrowed: true }, lacking: new Set() }
  }
  if (definition.kind !== 'transform') return null
  const constants = constantsOf(values)
  const answer = columnsOf({ definition, config, inputs: { '': input }, probe: probe as Json, constants })
  if (!answer.output?.fields.every(({ name }) => output?.field(name))) return null
  const from = originsOf(node)
  const lacking = Object.keys(from).filter((name) => from[name]?.some((origin) => lacks.has(origin)))
  return {
    plan: { ...plan, input: input.fields, output: answer.output.fields, narrowed: true },
    lacking: new Set(lacking),
  }
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
  const known = new Map(checked.map((node) => [node.id, node]))
  const wanted = new Map(checked.map(({ id }) => [id, new Set<string>()]))
  for (const node of checked.toReversed()) {
    const needs = needsOf(node, wanted.get(node.id) as ReadonlySet<string>)
    for (const { from } of node.inputs) {
      if (from.port === 'rejects') continue
      const leaving = known.get(from.node)?.output?.fields.map(({ name }) => name)
      for (const name of needs ?? leaving ?? []) wanted.get(from.node)?.add(name)
    }
  }
  return wanted
}

/** The columns of its input that a node needs where these of its output are wanted; null: all. */
function needsOf(node: CheckedNode, wanted: ReadonlySet<string>): Set<string> | null {
  const read = readOf(node)
  if (!read) return null
  const from = originsOf(node)
  return new Set([...read, ...[...wanted].flatMap((name) => from[name] ?? [])])
}

/** The columns that a node says it reads; null where it does not say it, or throws. */
function readOf({ definition, config, input, probe }: CheckedNode): readonly string[] | null {
  if ((definition.kind !== 'transform' && definition.kind !== 'table') || !definition.reads || !input) return null
  try {
    // The settings were checked against the node's own schema.
    return definition.reads({ config: config as never, input, probe: probe as Json })
  } catch {
    return null
  }
}
