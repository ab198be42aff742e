import { join } from 'node:path'
import { realDisk } from '../disk/index.ts'
import { systemClock } from '../engine/clock.ts'
import { Counters } from '../engine/counters.ts'
import { DeadLetterStage } from '../engine/deadletters.ts'
import { endsOf, type FlowPlan } from '../engine/flowplan.ts'
import { workOn } from '../engine/lanework.ts'
import { unpackError } from '../engine/messages.ts'
import { snapshot } from '../engine/snapshot.ts'
import { compileExpression } from '../expression/index.ts'
import type { Batch, Pool } from '../memory/index.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import type { Json, NodeDefinition, Receipt, SourceNode, Split, TableNode } from '../sdk/node.ts'
import { addSpent, lessSpent, nothingSpent, stopwatch, worked } from './clock.ts'
import type { SampledModel } from './models.ts'
import type { Portion } from './sample.ts'

export interface LaneOptions {
  readonly flow: FlowPlan
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly pool: Pool
  /** By resource. */
  readonly models: ReadonlyMap<string, SampledModel>
  /** Where an end stages its rows, by the end's id. */
  readonly stageFolder: (end: string) => string
  readonly folder: string
  readonly signal: AbortSignal
}

export interface PortionTask {
  readonly start: string
  readonly split: Split
  /** The split's place among those of its start. */
  readonly place: number
  /** Of the split, where that is known. */
  readonly rowsOfSplit: number | null
  readonly data?: Json
  /** Reading stops behind so many rows, or when so many milliseconds of work are done. */
  readonly rows: number
  readonly milliseconds: number
  readonly cold: boolean
}

/** What a portion left behind. */
export interface Tried {
  readonly portion: Portion
  /** The number by which nodes know it. */
  readonly index: number
  /** The place of its split. */
  readonly place: number
  readonly receipts: { readonly [end: string]: Receipt }
}

/** A lane in this process that reads portions of splits and says what each node took for them. */
export class SampledLane {
  readonly #options: LaneOptions
  readonly #counters: Counters
  readonly #definitions: ReadonlyMap<string, NodeDefinition>
  readonly #outBefore = new Map<string, number>()
  readonly #compiled = new Map<string, ReturnType<typeof compileExpression>>()
  #bounds = { rows: 0, isOver: () => true, read: 0, bytes: 0, ended: false }
  #next = 0

  constructor(options: LaneOptions) {
    this.#options = options
    const { nodes, edges } = options.flow
    this.#counters = new Counters(1, nodes.length, edges.length)
    this.#definitions = new Map([...options.definitions].map(([type, one]) => [type, this.#bounded(one)]))
  }

  async run(task: PortionTask): Promise<Tried> {
    const { flow, models, folder, signal } = this.#options
    const index = this.#next++
    const before = this.#counts()
    const called = [...models].map(([key, model]) => [key, model.cost, model.spent] as const)
    this.#bounds = { rows: task.rows, isOver: worked(task.milliseconds), read: 0, bytes: 0, ended: false }
    const watch = stopwatch()
    // Nobody has promised how many rows a part of a split has.
    const { rows: _rows, sum: _sum, ...split } = task.split
    const { data } = task
    const one = { index, source: task.start, split, more: true, ...(data !== undefined && { data }) }
    const said = await workOn(one, new DeadLetterStage(join(folder, `dead-${index}.ndjson`), realDisk), {
      plan: { ...flow, limit: null },
      clock: systemClock,
      signal,
      services: (deadLetters) => ({ ...this.#services(), deadLetters }),
      released: () => {},
    })
    if (said.type === 'failed') throw unpackError(said.error)
    const { receipts, books } = said.result
    const spent = watch()
    const after = this.#counts()
    const inModels = called.map(([key, , then]) => lessSpent((models.get(key) as SampledModel).spent, then))
    const own = lessSpent(spent, inModels.reduce(addSpent, nothingSpent))
    const { ended, read, bytes } = this.#bounds
    const kinds = new Map(flow.nodes.map(({ id, kind }) => [id, kind]))
    const rows = kinds.get(task.start) === 'source' ? (books[task.start]?.in ?? read) : read
    const nodes = Object.entries(after.nodes).map(([id, now]) => {
      const then = before.nodes[id] as typeof now
      return [id, { working: now.working - then.working, in: now.in - then.in, out: now.out - then.out }] as const
    })
    const staged: Record<string, { rows: number; bytes: number }> = {}
    const kept: Record<string, number> = {}
    for (const { id, node } of endsOf(flow, task.start)) {
      const receipt = receipts[id]
      if (!receipt) continue
      if (node.kind === 'sink') staged[id] = { rows: receipt.rows, bytes: receipt.bytes }
      else kept[node.id] = (kept[node.id] ?? 0) + receipt.rows
    }
    // Of a split whose rows nobody has counted: columns take about as much room as their text.
    const share = task.rowsOfSplit ? rows / task.rowsOfSplit : bytes / Math.max(1, task.split.bytes)
    const portion: Portion = {
      start: task.start,
      rows,
      share: ended ? 1 : Math.min(0.99, share),
      bytes: task.split.bytes,
      ...own,
      cold: task.cold,
      nodes: Object.fromEntries(nodes),
      costs: Object.fromEntries(called.map(([key, cost]) => [key, (models.get(key) as SampledModel).cost - cost])),
      staged,
      kept,
    }
    return { portion, index, place: task.place, receipts }
  }

  #counts() {
    const now = systemClock.now()
    return snapshot(this.#options.flow, this.#counters, { at: now, now })
  }

  #services() {
    const { flow, pool, models, stageFolder, folder } = this.#options
    const constants = constantsOf(flow.values)
    return {
      disk: realDisk,
      pool,
      counters: this.#counters.writer(0),
      clock: systemClock.now,
      definitions: this.#definitions,
      compile: (text: string, input: Parameters<typeof compileExpression>[1], wanted?: 'bool') => {
        const key = `${wanted ?? ''}\n${text}\n${input}`
        const known =
          this.#compiled.get(key) ?? compileExpression(text, input, { wanted, now: new Date(flow.now), constants })
        this.#compiled.set(key, known)
        return known
      },
      infer: ({ resource }: { resource: string | null }, signal: AbortSignal) =>
        (models.get(resource as string) as SampledModel).infer(signal),
      stage: ({ id }: { id: string }, split: number, count: number, ending: string) =>
        join(stageFolder(id), `${split}-${count}${ending}`),
      spillPath: (split: number, node: string) => join(folder, `spill-${split}-${node}`),
      log: () => () => {},
      outBefore: this.#outBefore,
    }
  }

  /** The same node, whose rows end where the portion's bounds are reached. */
  #bounded(definition: NodeDefinition): NodeDefinition {
    if (definition.kind !== 'source' && definition.kind !== 'table') return definition
    const { read } = definition as SourceNode | TableNode
    const lane = this
    return {
      ...definition,
      // The context is handed on as it came.
      async *read(context: never): AsyncGenerator<Batch> {
        // A split is read once more where what was left out of its rows is needed.
        lane.#bounds = { ...lane.#bounds, read: 0, bytes: 0, ended: false }
        for await (const batch of read(context) as AsyncIterable<Batch>) {
          const bounds = lane.#bounds
          const some = Math.min(batch.rows, bounds.rows - bounds.read)
          bounds.read += some
          bounds.bytes += (batch.bytes * some) / Math.max(1, batch.rows)
          yield some < batch.rows ? batch.slice(0, some) : batch
          if (bounds.read >= bounds.rows || bounds.isOver()) return
        }
        lane.#bounds.ended = true
      },
    } as unknown as NodeDefinition // the same node with another `read`
  }
}
