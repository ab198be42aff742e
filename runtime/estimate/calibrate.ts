import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { catalogueBeside } from '../catalogue/load.ts'
import { endsOf, type FlowPlan, type NodePlan } from '../engine/flowplan.ts'
import { Pool } from '../memory/index.ts'
import { cores } from '../plan/machine.ts'
import type { ModelNode, NodeDefinition, Receipt, SinkNode, Split, TableNode } from '../sdk/node.ts'
import { worked } from './clock.ts'
import { freeCores } from './freecores.ts'
import { SampledLane, type Tried } from './lane.ts'
import { SampledModel } from './models.ts'
import type { Sampled, SampleTask, SinkSample } from './sample.ts'
import { SampledSink } from './sinks.ts'
import { sampleGather } from './tables.ts'

/** The first portion of a pipeline: few rows, for what a node takes for one may be seconds. */
const firstRows = 64
/** Then code becomes quick, and engines and tables fill, for so many milliseconds. */
const warming = 200
/** Milliseconds of the portions that count, shared by the sources, and the most of one of them. */
const measuring = 800
const mostAtOnce = 250
/** Places of the input that are looked at. */
const places = 8

interface Begun {
  readonly start: string
  readonly splits: readonly Split[]
  readonly data?: Tried['receipts'][string]['data']
}

/** Takes some rows of each source through the nodes, as a lane would, and says what that took. */
export async function calibrate(task: SampleTask, signal: AbortSignal): Promise<Sampled> {
  const { plan, folder } = task
  const untried = new Set(task.untried)
  const without = (nodes: readonly NodePlan[]) =>
    nodes.map((node) => (untried.has(node.id) ? { ...node, type: untriedType } : node))
  const narrow = plan.flow.narrow ? without(plan.flow.narrow) : null
  const flow: FlowPlan = { ...plan.flow, nodes: without(plan.flow.nodes), narrow }
  const catalogue = await catalogueBeside(flow.folder)
  const definitions = new Map<string, NodeDefinition>([[untriedType, counting]])
  for (const { type } of flow.nodes)
    if (!definitions.has(type)) definitions.set(type, (await catalogue.load(type)) as NodeDefinition)
  const loading = performance.now()
  const pool = new Pool(plan.memory.cap)
  const models = new Map<string, SampledModel>()
  const sinks = new Map<string, SampledSink>()
  try {
    for (const model of plan.models) {
      const node = flow.nodes.find(({ id }) => id === model.nodes[0]) as (typeof flow.nodes)[number]
      const definition = definitions.get(node.type) as ModelNode
      models.set(model.key, await SampledModel.open(node, definition, model, flow, pool))
    }
    for (const node of flow.nodes) {
      if (node.kind !== 'sink' || untried.has(node.id)) continue
      sinks.set(node.id, await SampledSink.open(node, definitions.get(node.type) as SinkNode, folder))
    }
    const stageFolder = (end: string) => sinks.get(end)?.stageFolder ?? join(folder, 'kept', encodeURIComponent(end))
    for (const { id } of endsOf(flow)) mkdirSync(stageFolder(id), { recursive: true })
    const lane = new SampledLane({ flow, definitions, pool, models, stageFolder, folder, signal })
    const tried: Tried[] = []
    const begun = startsOf(task)
    for (const one of begun) tried.push(...(await portionsOf(one, lane, measuring / begun.length)))
    const free = await freeCores(cores())
    const gathers: Sampled['gathers'][number][] = []
    for (const node of flow.nodes) {
      if (node.kind !== 'table') continue
      const own = join(folder, 'tables', node.id)
      const fed = eachOnce(tried.filter(({ portion }) => (portion.kept[node.id] ?? 0) > 0))
      const definition = definitions.get(node.type) as TableNode
      const { sample, made } = await sampleGather(node, definition, fed, plan, own, signal)
      gathers.push(sample)
      tried.push(...(await portionsOf({ start: node.id, splits: made.splits, data: made.data }, lane, measuring / 3)))
    }
    const samples: Record<string, SinkSample> = {}
    for (const [id, sink] of sinks) samples[id] = await stored(sink, receiptsFor(id, tried))
    return {
      loading,
      free,
      portions: tried.map(({ portion }) => portion),
      models: Object.fromEntries([...models].map(([key, model]) => [key, model.sample])),
      gathers,
      sinks: samples,
    }
  } finally {
    for (const model of models.values()) await model.close()
    for (const sink of sinks.values()) await sink.close()
  }
}

const untriedType = 'untried'

/** Stands for a sink that is not tried. */
const counting = {
  kind: 'sink',
  write: async ({ input }: { input: AsyncIterable<{ rows: number }> }) => {
    let rows = 0
    for await (const batch of input) rows += batch.rows
    return { rows, bytes: 0, files: [] }
  },
} as unknown as NodeDefinition // nothing else of it is asked for

function startsOf({ plan, splits }: SampleTask): Begun[] {
  const sources = plan.flow.nodes.filter(({ kind }) => kind === 'source').map(({ id }) => id)
  return sources
    .map((start) => ({ start, splits: splits.flatMap(({ source, split }) => (source === start ? [split] : [])) }))
    .filter(({ splits: own }) => own.length > 0)
}

/** Reads portions of splits that lie apart, until the time is over or each split was read once. */
async function portionsOf({ start, splits, data }: Begun, lane: SampledLane, time: number): Promise<Tried[]> {
  const tried: Tried[] = []
  const read = async (at: number, rows: number, milliseconds: number, cold: boolean) => {
    const split = splits[at] as Split
    const one = await lane.run({
      start,
      split,
      place: at,
      rowsOfSplit: split.rows ?? null,
      ...(data !== undefined && { data }),
      rows,
      milliseconds,
      cold,
    })
    tried.push(one)
    return one.portion
  }
  if (splits.length === 0) return tried
  const first = await read(0, firstRows, warming, true)
  if (first.share === 1 && splits.length === 1) return tried
  const order = apart(splits.length, places)
  const warm = await read(order.at(-1) as number, Number.POSITIVE_INFINITY, warming, true)
  // What the first rows took beyond their time is taken off the others'.
  let left = time - Math.max(0, first.cpu + warm.cpu - 2 * warming)
  const isLate = worked(time * 2)
  for (let turn = 0; turn < places && (turn === 0 || (left > 0 && !isLate())); turn++) {
    const at = order[turn % order.length] as number
    const { cpu } = await read(at, Number.POSITIVE_INFINITY, Math.min(mostAtOnce, Math.max(left, 50)), false)
    left -= cpu
  }
  return tried
}

/** Up to so many numbers below `count` that lie apart, also the first few of them. */
export function apart(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i)
  const golden = (Math.sqrt(5) - 1) / 2
  return [...new Set(Array.from({ length: most }, (_, i) => Math.floor(((0.5 + i * golden) % 1) * count)))]
}

/** Of the portions of a split the one with the most rows: rows that come twice are not what all rows would be. */
function eachOnce(tried: readonly Tried[]): Tried[] {
  const most = new Map<string, Tried>()
  for (const one of tried) {
    const split = `${one.portion.start} ${one.place}`
    if (one.portion.rows > (most.get(split)?.portion.rows ?? -1)) most.set(split, one)
  }
  return [...most.values()]
}

const receiptsFor = (end: string, tried: readonly Tried[]): Receipt[] =>
  tried.flatMap(({ receipts }) => (receipts[end] && receipts[end].rows > 0 ? [receipts[end]] : []))

/** Commits the first receipt, the smallest of the others, and all that is left: few rows and many tell what each takes. */
async function stored(sink: SampledSink, receipts: readonly Receipt[]): Promise<SinkSample> {
  const [first, ...others] = receipts
  const sorted = [...others].sort((a, b) => a.rows - b.rows)
  const groups = [first ? [first] : [], sorted.slice(0, 1), sorted.slice(1)]
  for (const group of groups) if (group.length > 0) await sink.commit(group)
  return await sink.finish()
}
