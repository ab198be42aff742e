import type { NodeDefinition, Pool, PoolHandle } from '@headrace/runtime/sdk'
import type { Disk } from '../../runtime/disk/index.ts'
import { StoringClient } from '../../runtime/engine/apart/client.ts'
import { mayBeOfRows } from '../../runtime/engine/apart/ofrows.ts'
import type { Clock } from '../../runtime/engine/clock.ts'
import { stageName } from '../../runtime/engine/commits.ts'
import { Counters, type CountWriter } from '../../runtime/engine/counters.ts'
import type { Credits } from '../../runtime/engine/credits.ts'
import { DeadLetterStage } from '../../runtime/engine/deadletters.ts'
import type { FlowServices, SplitTask } from '../../runtime/engine/flow.ts'
import type { FlowPlan } from '../../runtime/engine/flowplan.ts'
import { workOn } from '../../runtime/engine/lanework.ts'
import { type FromLane, packError, type StorePart } from '../../runtime/engine/messages.ts'
import { ModelClient } from '../../runtime/engine/modelclient.ts'
import type { Workers } from '../../runtime/engine/workers.ts'
import { connect, type SimulatedModel } from './model.ts'
import { mail } from './time.ts'

export type FromSplit = Extract<FromLane, { type: 'staged' | 'failed' }>

export interface LanesWorld {
  readonly flow: FlowPlan
  readonly time: Clock
  readonly disk: Disk
  readonly pool: PoolHandle
  readonly stageFolders: { readonly [end: string]: string }
  /** How many records the ledger had. */
  readonly started: number
  readonly outBefore: ReadonlyMap<string, number>
  readonly definitions: (time: Clock) => ReadonlyMap<string, NodeDefinition>
  readonly model: SimulatedModel | null
  readonly delay: () => number
  readonly spills: string
  /** What a lane says of a split, when it arrives. */
  readonly hear: (lane: number, message: FromSplit) => void
  /** Makes some rows of a split durable. */
  readonly store: (part: StorePart) => Promise<void>
  readonly onRun: (split: number) => void
  readonly newPool: (handle: PoolHandle) => Pool
  readonly newCredits: (capacity: number) => Credits
}

/** Calls to the model that may be on their way from one lane: few, so that some wait. */
const calls = 2

/** The lanes of a run, each with the work of a real one, in one thread and under one clock. */
export class SimulatedWorkers implements Pick<Workers, 'grow' | 'run' | 'trim' | 'abort'> {
  readonly lanes: SimulatedLane[] = []
  readonly #world: LanesWorld

  constructor(world: LanesWorld) {
    this.#world = world
  }

  grow(lanes: number): void {
    while (this.lanes.length < lanes) this.lanes.push(new SimulatedLane(this.lanes.length, this.#world))
  }

  run(lane: number, task: SplitTask): void {
    this.#world.onRun(task.index)
    this.lanes[lane]?.run(task)
  }

  async trim(): Promise<void> {
    for (const { pool } of this.lanes) pool.trim()
  }

  abort(): void {
    for (const lane of this.lanes) lane.abort()
  }

  /** Waits until no lane works any more; those that died never say so. */
  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => (lane.isDead ? undefined : lane.working)))
  }
}

/** A thread that runs splits one after the other. */
export class SimulatedLane {
  readonly pool: Pool
  readonly credits: Credits
  working: Promise<void> = Promise.resolve()
  isDead = false
  readonly #world: LanesWorld
  readonly #time: Clock
  readonly #stop = new AbortController()
  readonly #outBefore: Map<string, number>
  readonly #definitions: ReadonlyMap<string, NodeDefinition>
  readonly #counters: CountWriter
  readonly #model: ModelClient | null
  readonly #take: (task: SplitTask) => void
  readonly #say: (message: FromSplit) => void
  readonly #storing: StoringClient

  constructor(lane: number, world: LanesWorld) {
    const { flow, time, delay, outBefore } = world
    this.#world = world
    // What a dead thread waits for never comes.
    this.#time = { now: time.now, after: (wait, call) => time.after(wait, () => this.isDead || call()) }
    this.pool = world.newPool(world.pool)
    this.credits = world.newCredits(calls)
    this.#outBefore = new Map(outBefore)
    this.#definitions = world.definitions(this.#time)
    this.#counters = new Counters(1, flow.nodes.length, flow.edges.length).writer(0)
    const port = world.model && connect(world.model, this.#time, delay)
    this.#model = port && new ModelClient(this.pool, port, { clock: this.#time, credits: this.credits })
    this.#take = mail(this.#time, delay, (task: SplitTask) => {
      this.working = this.#work(task)
    })
    this.#storing = this.#storesWith(world)
    this.#say = mail(this.#time, delay, (message: FromSplit) => world.hear(lane, message))
  }

  #storesWith({ time, delay, store }: LanesWorld): StoringClient {
    const answer = mail(this.#time, delay, (reply: Parameters<StoringClient['answer']>[0]) => client.answer(reply))
    // The main thread hears it, whatever becomes of the lane.
    const ask = mail(time, delay, async (part: StorePart) => {
      const { call } = part
      try {
        await store(part)
        answer({ type: 'stored', call })
      } catch (error) {
        answer({ type: 'stored', call, error: packError(error), ofRows: mayBeOfRows(error) })
      }
    })
    const client = new StoringClient(ask)
    return client
  }

  run(task: SplitTask): void {
    this.#take(task)
  }

  abort(): void {
    this.#stop.abort(new Error('the run was stopped'))
  }

  /** The thread is gone from one moment to the next. */
  die(): void {
    this.isDead = true
  }

  async #work(task: SplitTask): Promise<void> {
    const { flow, disk } = this.#world
    const deadLetters = new DeadLetterStage(`/simulated/run/work/dead-${task.index}.ndjson`, disk)
    const message = await workOn(task, deadLetters, {
      plan: flow,
      clock: this.#time,
      signal: this.#stop.signal,
      services: (letters) => this.#services(letters),
      released: () => {
        if (!this.#model && this.pool.held > 0) throw new Error(`${this.pool.held} blocks are held after the split`)
      },
    })
    if (!this.isDead) this.#say(message)
  }

  #services(deadLetters: DeadLetterStage): FlowServices {
    const { flow, stageFolders, spills, disk } = this.#world
    return {
      pool: this.pool,
      counters: this.#counters,
      clock: this.#time.now,
      definitions: this.#definitions,
      compile: () => {
        throw new Error('no simulated node has expressions')
      },
      infer: (node, signal) => (this.#model as ModelClient).infer(node, signal),
      stage: ({ id, input }, split, count, ending) => {
        const name = `${split}-${count}${ending}`
        return `${stageFolders[id]}/${input === null ? stageName(flow.runId, id, this.#world.started, name) : name}`
      },
      spillPath: (split, node) => `${spills}-${split}-${node}`,
      deadLetters,
      commitPart: this.#storing.commitPart,
      log: () => () => {},
      outBefore: this.#outBefore,
      disk,
    } as FlowServices
  }
}
