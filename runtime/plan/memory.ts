import type { CheckedNode } from '../pipeline/check.ts'
import type { Json } from '../sdk/node.ts'
import { type ModelPlan, modelThreads } from './models.ts'

const MB = 1 << 20

/**
 * Measured with rows on their way (test/memory): Node with the engine loaded, also where its code is compiled for the
 * first time, and what each worker thread adds with the heap that its nodes fill.
 */
const nodeBytes = 130 * MB
const workerBytes = 50 * MB
/** How often a large row is in memory on its way: as text and as columns, where it is read, where it is made anew. */
const copiesOnTheWay = 8

/** What a node holds at most besides one large row: the batch that it reads and the one that it makes, 2 MB each. */
const nodeWindow = 4 * MB
/** What waits for a model's answers: 8 MB of batches, and as much on the way to it and back. */
const modelWindow = 16 * MB
/** The least that a fan-out may hold before batches go to a file. */
const fanOutWindow = 4 * MB

/** Bytes that one lane needs for its whole way, so that no node of it ever waits for memory that another lane has. */
export function laneBytes(nodes: readonly CheckedNode[]): number {
  return nodes.reduce((sum, { definition, inputSchemas, outputs }) => {
    const model = definition.kind === 'model' ? modelWindow : 0
    // A split may come to several inputs of a node that needs all rows at once.
    const windows = definition.kind === 'table' ? Math.max(1, Object.keys(inputSchemas).length) : 1
    return sum + windows * nodeWindow + model + (outputs.length > 1 ? fanOutWindow : 0)
  }, 0)
}

export interface MemoryPlan {
  /** For batches and buffers, `--memory`. */
  readonly cap: number
  readonly perLane: number
  /** What a lane's nodes hold at most, a large row apart. */
  readonly laneNeeds: number
  readonly maxRowBytes: number
  /** Bytes of batches that may wait at a fan-out. */
  readonly queueBytes: number
  /** What is there before any row: Node, workers, engines, models. */
  readonly fixed: readonly { readonly name: string; readonly bytes: number }[]
  /** cap + fixed + 10 %. */
  readonly peak: number
}

/** Shares the cap among lanes and adds up what the process will need at most. */
export function planMemory(
  nodes: readonly CheckedNode[],
  lanes: number,
  models: readonly Pick<ModelPlan, 'sessions' | 'footprint'>[],
  cap: number,
): MemoryPlan {
  const engines = new Map<string, number>()
  let copies = copiesOnTheWay
  for (const { definition, config, probe, input } of nodes) {
    const print = definition.footprint?.({ config: config as never, probe: probe as Json, input })
    if (!print) continue
    copies = Math.max(copies, copiesOnTheWay + (print.copies ?? 0))
    if (definition.kind === 'model') continue
    const bytes = print.bytes + lanes * (print.perWorker ?? 0)
    engines.set(print.name, Math.max(engines.get(print.name) ?? 0, bytes))
  }
  const workers = lanes + modelThreads(models)
  const fixed = [
    { name: 'Node', bytes: nodeBytes },
    { name: `${workers} ${workers === 1 ? 'worker' : 'workers'}`, bytes: workers * workerBytes },
    ...[...engines].map(([name, bytes]) => ({ name, bytes })),
    // Models that are not the same are each there, whatever they are called.
    ...models.flatMap(({ footprint }) => footprint ?? []),
  ]
  const perLane = Math.floor(cap / lanes)
  return {
    cap,
    perLane,
    laneNeeds: laneBytes(nodes),
    maxRowBytes: Math.floor(perLane / copies),
    queueBytes: Math.min(16 * MB, Math.floor(perLane / 8)),
    fixed,
    peak: Math.round((cap + fixed.reduce((sum, { bytes }) => sum + bytes, 0)) * 1.1),
  }
}
