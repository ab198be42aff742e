import type { Json, SourceProbe } from '../sdk/node.ts'
import type { CheckedNode } from './check.ts'
import { columnsOf, isError, type NodeProblem, twiceNamed } from './columns.ts'
import type { Described, Lacking } from './described.ts'
import { type Entering, enteringOf, type LiveEdge } from './entering.ts'
import { type InputNames, inputName } from './graph.ts'
import { type Guess, guessNode } from './guess.ts'
import { lineageProblem, withLineage, withLineageHint } from './lineage.ts'
import type { Pipeline, PipelineEdge } from './model.ts'
import type { Prepared } from './prepare.ts'
import { Schema } from './schema.ts'
import { probeOf } from './settled.ts'
import type { Field } from './types.ts'
import { type Conflict, rejectsOf } from './union.ts'

/** What carrying the columns along the edges needs; `reportConflict` gets the number of the edge. */
export interface CarryQuestion {
  readonly pipeline: Pipeline
  readonly prepared: ReadonlyMap<string, Prepared>
  readonly order: readonly string[]
  /** Numbers of edges that lead nowhere. */
  readonly wrongEdges: ReadonlySet<number>
  /** Answers of the nodes that must ask an engine for their columns. */
  readonly described?: Described | undefined
  /** Sinks keep the rows' identities as a column. */
  readonly lineage: boolean
  readonly report: (node: string, problems: readonly NodeProblem[]) => void
  readonly reportConflict: (node: string, edge: number, conflict: Conflict) => void
}

export interface Carried {
  readonly nodes: Record<string, CheckedNode>
  readonly order: string[]
  readonly edges: PipelineEdge[]
  /** Disabled nodes that are passed by, as if their inputs went straight on. */
  readonly bypassed: ReadonlySet<string>
  /** Nodes that take no part: disabled, or with an input that is fed by such nodes only. */
  readonly off: ReadonlySet<string>
  /** Answers without which the columns of some nodes are not known. */
  readonly lacking: readonly Lacking[]
}

/** Goes through the nodes in order, passes disabled ones by and carries the columns along every edge. */
export function carry(question: CarryQuestion): Carried {
  const { prepared, order } = question
  const written = writtenInputs(question)
  const live = new Map<string, LiveEdge[]>()
  const checked = new Map<string, Omit<CheckedNode, 'outputs'>>()
  const bypassed = new Set<string>()
  const off = new Set<string>()
  const guesses = new Map<string, Guess>()
  /** Nodes that rejected rows reach. */
  const rejected = new Set<string>()
  const lacking: Lacking[] = []
  for (const id of order) {
    const one = prepared.get(id) as Prepared
    const given = written.get(id) ?? []
    const inputs = given.flatMap((edge) => throughDisabled(edge, live, bypassed, off))
    live.set(id, inputs)
    if (inputs.some(({ edge: { from } }) => from.port === 'rejects' || rejected.has(from.node))) rejected.add(id)
    const starved = isStarved(one.inputs, given, inputs)
    const entering = enteringOf(one.inputs, inputs, checked)
    const { input, conflicts } = entering
    if (starved) off.add(id)
    else if (one.node.disabled) (passes(one, input) ? bypassed : off).add(id)
    else if (one.definition) {
      for (const { index, conflict } of conflicts) question.reportConflict(id, index, conflict)
      const node = checkNode(one, one.definition, inputs, entering, { ...question, rejected }, lacking)
      checked.set(id, node)
      const guess = node.output ? null : guessNode(one, inputs, checked, guesses, entering)
      if (guess) guesses.set(id, guess)
      question.report(id, guess?.problems ?? [])
    }
  }
  const edges = [...checked.keys()]
    .flatMap((id) => live.get(id) as LiveEdge[])
    .sort((a, b) => a.index - b.index)
    .map(({ edge }) => edge)
  const outputs = Map.groupBy(edges, ({ from }) => from.node)
  const nodes = Object.fromEntries([...checked].map(([id, node]) => [id, { ...node, outputs: outputs.get(id) ?? [] }]))
  return { nodes, order: [...checked.keys()], edges, bypassed, off, lacking }
}

function writtenInputs({ pipeline, wrongEdges }: CarryQuestion): Map<string, LiveEdge[]> {
  const inputs = new Map<string, LiveEdge[]>()
  for (const [index, edge] of pipeline.edges.entries()) {
    if (wrongEdges.has(index) || !edge.from.node) continue
    const before = inputs.get(edge.to.node)
    if (before) before.push({ edge, index })
    else inputs.set(edge.to.node, [{ edge, index }])
  }
  return inputs
}

/** The edges that a written one stands for: itself, those that lead to a node that is passed by, or none. */
function throughDisabled(
  { edge, index }: LiveEdge,
  live: ReadonlyMap<string, LiveEdge[]>,
  bypassed: ReadonlySet<string>,
  off: ReadonlySet<string>,
): LiveEdge[] {
  const { node, port } = edge.from
  if (off.has(node)) return []
  if (!bypassed.has(node)) return [{ edge, index }]
  if (port) return []
  return (live.get(node) ?? []).map((before) => ({ edge: { from: before.edge.from, to: edge.to }, index }))
}

/** Whether an input has edges in the file and none in the run. */
function isStarved(names: InputNames, given: readonly LiveEdge[], inputs: readonly LiveEdge[]): boolean {
  const fed = new Set(inputs.map(({ edge }) => inputName(edge.to.port, names)))
  return given.some(({ edge }) => !fed.has(inputName(edge.to.port, names)))
}

const schemas = new WeakMap<readonly Field[], Schema>()

/** A schema of columns; the same one for the same list. */
function schemaOf(columns: readonly Field[]): Schema {
  const schema = schemas.get(columns) ?? new Schema(columns)
  schemas.set(columns, schema)
  return schema
}

/** Whether a disabled node can be passed by: what would leave it has the same columns as what enters its only input. */
function passes(prepared: Prepared, input: Schema | null): boolean {
  const { definition, config, probe, ports, inputs, ready, constants } = prepared
  if (!definition || definition.kind === 'source' || definition.kind === 'sink') return false
  if (ports?.join() !== '' || inputs === 'any' || inputs?.join() !== '') return false
  if (!input) return true
  if (!ready && probeOf(definition)) return false
  const { fields } = columnsOf({ definition, config, inputs: { '': input }, probe: probe as Json, constants })
  return fields !== null && new Schema(fields).equals(input)
}

type Base = Omit<CheckedNode, 'probe' | 'input' | 'output' | 'rejects' | 'outputs'>

function checkNode(
  { id, node, config, handling, ports, probe, ready, constants }: Prepared,
  definition: CheckedNode['definition'],
  edges: readonly LiveEdge[],
  entering: Entering,
  { described: answers, report, lineage, rejected }: CarryQuestion & { rejected: ReadonlySet<string> },
  lacking: Lacking[],
): Omit<CheckedNode, 'outputs'> {
  const { complete } = entering
  let { input, schemas } = entering
  let base: Base = {
    id,
    type: node.type,
    definition,
    config,
    ...handling,
    ports: ports ?? [],
    inputs: edges.map(({ edge }) => edge),
    inputSchemas: schemas,
    described: null,
  }
  if (definition.kind === 'source') {
    const found = ready ? (probe as SourceProbe | null) : null
    // Without a file nobody knows the columns (`ifEmpty: "ok"` lets that pass); without columns nothing is missed.
    const columns = found && (found.columns.length || found.files.length) ? found.columns : undefined
    const twice = columns ? twiceNamed(columns) : []
    report(id, twice)
    const output = columns && !twice.length ? schemaOf(columns) : null
    return { ...base, probe, input: null, output, rejects: rejectsOf(null) }
  }
  if (definition.kind === 'sink' && lineage && input) {
    const wrong = lineageProblem(input, rejected.has(id))
    report(id, wrong ? [wrong] : [])
    if (!wrong) {
      input = withLineage(input)
      schemas = { '': input }
      base = { ...base, inputSchemas: schemas, lineage: true }
    }
  }
  const rejects = input && rejectsOf(input)
  const unknown = { ...base, probe, input, output: null, rejects }
  if (!complete || !ready) return unknown
  let described: Json = null
  if (definition.kind === 'table' && definition.describe) {
    const question = { definition, config, inputs: schemas }
    const answer = answers?.(question)
    if (!answer) lacking.push({ node: id, ...question })
    else if ('problem' in answer) report(id, [answer.problem])
    if (!answer || 'problem' in answer) return unknown
    described = answer.described
  }
  const { output, problems } = columnsOf({
    definition,
    config,
    inputs: schemas,
    probe: probe as Json,
    described,
    constants,
  })
  report(id, definition.kind === 'sink' ? problems.map((one) => withLineageHint(one, lineage)) : problems)
  return { ...unknown, described, output: problems.some(isError) ? null : output }
}
