import type { Inputs, Json, NodeDefinition, SourceProbe } from '../sdk/node.ts'
import { carry } from './carry.ts'
import type { NodeProblem } from './columns.ts'
import type { Described, Lacking } from './described.ts'
import type { Handling } from './everynode.ts'
import { checkEdges, cycleText, sortNodes } from './graph.ts'
import type { Pipeline, PipelineEdge, PipelineNode } from './model.ts'
import { placeOf } from './places.ts'
import { lineOf, type Positions, placeAt } from './positions.ts'
import { endsOf, type Library, type Prepared, type Probed, prepare } from './prepare.ts'
import type { Problem } from './problem.ts'
import type { Schema } from './schema.ts'
import { checkWhole } from './whole.ts'

/** A node as the check leaves it: what the plan is made from. */
export interface CheckedNode extends Handling {
  readonly id: string
  readonly type: string
  readonly definition: NodeDefinition
  /** Its own settings, defaults filled in; `onError`, `ifEmpty` and `timeout` stand beside. */
  readonly config: { readonly [setting: string]: unknown }
  /** What its probe found; null for nodes without one. */
  readonly probe: Json | SourceProbe | null
  /** The columns that enter by the only input, or by the first; null for sources, and where problems upstream hide them. */
  readonly input: Schema | null
  /** The columns that enter, by the input's name ('' for the only one without a name), as far as they are known. */
  readonly inputSchemas: Inputs
  /** What `describe` answered, for a node that needs all rows; null for others. */
  readonly described: Json
  /** The columns that leave by every port; null for sinks, and where problems hide them. */
  readonly output: Schema | null
  /** Output ports without `rejects`: [''] for one without a name, [] for sinks. */
  readonly ports: readonly string[]
  readonly rejects: Schema | null
  /** The edges as the run has them, without disabled nodes, in the order of the file. */
  readonly inputs: readonly PipelineEdge[]
  readonly outputs: readonly PipelineEdge[]
  /** A sink that keeps the rows' identities as a column, the last of `input`. */
  readonly lineage?: true
}

export interface CheckQuestion extends Library {
  readonly pipeline: Pipeline
  /** By node id; a node without an entry was not probed, and its columns are not known. */
  readonly probes: { readonly [node: string]: Probed }
  readonly positions?: Positions | undefined
  /** What nodes answered that must ask an engine for their columns; without it those are not known. */
  readonly described?: Described | undefined
  /** Whether sinks keep the rows' identities as a column. */
  readonly lineage?: boolean | undefined
  /** Where characters of a setting's text stand in the text that was written: values were put into it since. */
  readonly written?: ((node: string, setting: string, span: Span) => Span) | undefined
}

type Span = readonly [start: number, end: number]

export interface Checked {
  readonly problems: Problem[]
  /** The nodes that take part in a run; disabled ones and what only they feed are not in it. */
  readonly nodes: Record<string, CheckedNode>
  /** Each after those that feed it; otherwise as in the file. */
  readonly order: string[]
  /** The edges of the run, without disabled nodes. */
  readonly edges: PipelineEdge[]
  /** Every node of the file by itself: its type, settings and ports, as far as they are right. */
  readonly prepared: ReadonlyMap<string, Prepared>
  /** Disabled nodes that are passed by, as if their inputs went straight on. */
  readonly bypassed: ReadonlySet<string>
  /** Nodes that take no part: disabled, or with an input that is fed by such nodes only. */
  readonly off: ReadonlySet<string>
  /** What must be asked before the columns of some nodes are known; then the check is made again. */
  readonly lacking: readonly Lacking[]
}

/** Finds everything that is wrong with a pipeline, and the columns on every edge. Pure. */
export function checkPipeline(question: CheckQuestion): Checked {
  const { pipeline, probes, positions } = question
  const problems: Problem[] = []
  const report = (node: string, found: readonly NodeProblem[]) => {
    for (const { setting, span, column, ...problem } of found) {
      const own = span && setting !== undefined && question.written ? question.written(node, setting, span) : span
      const place = { ...placeOf(positions, node, setting, own), ...(column !== undefined && { column }) }
      problems.push({ ...problem, place })
    }
  }
  const reportEdge = (
    edge: number,
    end: 'from' | 'to',
    problem: Omit<Problem, 'place' | 'severity'>,
    node?: string,
  ) => {
    const place = { ...(node && { node }), edge, ...placeAt(positions, ['edges', edge, end]) }
    problems.push({ severity: 'error', ...problem, place })
  }
  const ids = Object.keys(pipeline.nodes)
  const prepared = new Map(
    ids.map((id) => [id, prepare(question, probes, id, pipeline.nodes[id] as PipelineNode, report)]),
  )
  const wrong = checkEdges(pipeline.edges, new Map([...prepared].map(([id, one]) => [id, endsOf(one)])))
  for (const { edge, end, ...problem } of wrong) reportEdge(edge, end, problem)
  const { order, cycles } = sortNodes(ids, pipeline.edges)
  for (const cycle of cycles) {
    const message = `nodes lead in a circle: ${cycleText(cycle)}`
    report(cycle[0] as string, [{ severity: 'error', code: 'cycle', message, hint: 'Delete one of these edges.' }])
  }
  const carried = carry({
    pipeline,
    prepared,
    order,
    described: question.described,
    lineage: question.lineage ?? false,
    wrongEdges: new Set(wrong.map(({ edge }) => edge)),
    report,
    reportConflict: (node, edge, { message, hint }) =>
      reportEdge(edge, 'from', { code: 'union-types', message, hint }, node),
  })
  for (const id of carried.order) problems.push(...fromProbe(probes, id, positions))
  for (const [node, problem] of checkWhole(pipeline, prepared, carried)) {
    if (node) report(node, [problem])
    else problems.push({ ...problem, place: placeAt(positions, ['nodes']) })
  }
  return { ...carried, problems: inFileOrder(problems, positions), prepared }
}

/** What a probe reported, with the line of its setting where it names no file of its own. */
function fromProbe(probes: CheckQuestion['probes'], node: string, positions: Positions | undefined): Problem[] {
  const { problems = [] } = (Object.hasOwn(probes, node) && probes[node]) || {}
  return problems.map(({ place, ...problem }) => {
    const own = place.file === undefined && place.line === undefined
    return {
      ...problem,
      place: own ? { ...placeOf(positions, node, place.setting, place.span), ...place } : { node, ...place },
    }
  })
}

function inFileOrder(problems: Problem[], positions: Positions | undefined): Problem[] {
  if (!positions || problems.length < 2) return problems
  const lineIn = ({ file, line, node }: Problem['place']) =>
    file === positions.file && line !== undefined ? line : node ? lineOf(positions, ['nodes', node]).line : 0
  const lines = new Map(problems.map((problem) => [problem, lineIn(problem.place)]))
  return problems.sort((a, b) => (lines.get(a) as number) - (lines.get(b) as number))
}
