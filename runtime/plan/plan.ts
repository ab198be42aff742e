import type { EdgePlan, FlowPlan, NodePlan } from '../engine/flowplan.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { type InputNames, inputName } from '../pipeline/graph.ts'
import type { PipelineEdge } from '../pipeline/model.ts'
import type { RunValues } from '../pipeline/params/resolve.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Json } from '../sdk/node.ts'
import { leadingNodes, tooLittle } from './least.ts'
import { laneBytes, type MemoryPlan, planMemory } from './memory.ts'
import { type ModelPlan, modelPlans } from './models.ts'
import { narrowNodes } from './narrow.ts'
import { type Stage, stagesOf } from './stages.ts'

export type { ModelPlan } from './models.ts'

/** What the plan is made from besides the checked pipeline. */
export interface PlanOptions {
  readonly folder: string
  readonly runId: string
  readonly now: number
  /** Worker threads asked for, `--workers` or the pipeline's settings; null: as many as cores. */
  readonly workers: number | null
  readonly cores: number
  /** Bytes for batches and buffers. */
  readonly memory: number
  readonly limit: number | null
  readonly values: RunValues
}

/** How a pipeline will run: pure data, printed by `headrace plan` and kept in the run's folder. */
export interface Plan {
  readonly flow: FlowPlan
  readonly lanes: number
  readonly lanesWhy: string
  readonly stages: readonly Stage[]
  readonly models: readonly ModelPlan[]
  readonly memory: MemoryPlan
  /** A split's most rows: fewer where a model is on the way, so that stopping and resuming lose little. */
  readonly splitRows: number
  readonly splitBytes: number
  readonly ordered: boolean
}

/** Makes the plan. Pure: the same pipeline and options give the same plan. */
export function planPipeline(
  checked: { nodes: Record<string, CheckedNode>; order: readonly string[]; edges: readonly PipelineEdge[] },
  options: PlanOptions,
): Plan {
  const live = leadingNodes(checked)
  const ids = live.map(({ id }) => id)
  const leading = new Set(ids)
  const nodes = ids.map((id, index) => nodePlan(checked.nodes[id] as CheckedNode, index))
  const edges: EdgePlan[] = checked.edges
    .filter(({ from, to }) => leading.has(from.node) && leading.has(to.node))
    .map(({ from, to }, index) => {
      const input = inputName(to.port, inputNames(checked.nodes[to.node] as CheckedNode))
      return { index, from: from.node, port: from.port, to: to.node, toPort: to.port, input }
    })
  const models = modelPlans(nodes, checked.nodes, {
    cores: Math.max(1, options.workers ?? options.cores),
    memory: options.memory,
  })
  const ordered = options.limit !== null || ids.some((id) => isOrdered(checked.nodes[id] as CheckedNode))
  const lacking = tooLittle(options.memory, live)
  if (lacking) throw new HeadraceError(lacking.code, lacking.message, { ...(lacking.hint && { hint: lacking.hint }) })
  const fitting = Math.floor(options.memory / laneBytes(live))
  const lanes = ordered ? 1 : Math.min(fitting, Math.max(1, options.workers ?? options.cores))
  const memory = planMemory(live, lanes, models, options.memory)
  const flow: FlowPlan = {
    nodes: nodes.map((node) => ({ ...node, maxRowBytes: memory.maxRowBytes })),
    edges,
    folder: options.folder,
    runId: options.runId,
    now: options.now,
    maxRowBytes: memory.maxRowBytes,
    queueBytes: memory.queueBytes,
    limit: options.limit,
    values: options.values,
  }
  const narrow = narrowNodes(live, flow, options.values)
  return {
    flow: { ...flow, narrow },
    lanes,
    lanesWhy: lanesWhy(ordered, options, lanes),
    stages: stagesOf({ nodes, edges }, models, lanes),
    models,
    memory,
    splitRows: models.length ? 10_000 : 100_000,
    splitBytes: models.length ? 4 << 20 : 64 << 20,
    ordered,
  }
}

/** A checked node as plain data. */
export function nodePlan(node: CheckedNode, index: number): NodePlan {
  const { id, type, definition, config, probe } = node
  const resource =
    definition.kind === 'model'
      ? `${type}:${definition.resource.key({ config: config as never, probe: probe as Json })}`
      : null
  return {
    id,
    index,
    type,
    kind: definition.kind,
    config,
    probe: probe as Json,
    input: node.input?.fields ?? null,
    inputs:
      definition.kind === 'table'
        ? Object.fromEntries(Object.entries(node.inputSchemas).map(([name, { fields }]) => [name, fields]))
        : null,
    output: node.output?.fields ?? null,
    rejects: node.rejects?.fields ?? null,
    onError: node.onError,
    timeout: node.timeout ?? null,
    resource,
    ...(node.lineage && { lineage: true }),
  }
}

/** Names of a node's inputs. */
function inputNames({ definition, config }: CheckedNode): InputNames {
  if (definition.kind !== 'table' || !definition.inputs) return ['']
  return definition.inputs(config as never) ?? 'any'
}

function isOrdered({ definition, config }: CheckedNode): boolean {
  return 'ordered' in definition && definition.ordered !== undefined && definition.ordered(config as never)
}

function lanesWhy(ordered: boolean, { limit, workers, cores }: PlanOptions, lanes: number): string {
  if (limit !== null) return '--limit takes the first rows in the order of the source, so one lane reads them'
  if (ordered) return 'a node takes the first rows in the order of the source, so one lane reads them'
  if (lanes < (workers ?? cores)) return 'as many as the memory is enough for'
  return workers === null ? `as many as cores (${cores})` : `asked for (${lanes})`
}
