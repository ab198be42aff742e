import { MessageChannel, type Worker } from 'node:worker_threads'
import type { Pool } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { ModelPlan } from '../plan/models.ts'
import type { Plan } from '../plan/plan.ts'
import { mayBeOfRows } from './apart/ofrows.ts'
import { type Crashes, modelSuspects } from './crash/crashes.ts'
import type { SplitTask } from './flow.ts'
import type {
  FromLane,
  FromModel,
  LaneStart,
  ModelStart,
  SessionStart,
  StorePart,
  ToLane,
  ToModel,
  ToSession,
} from './messages.ts'
import { packError, unpackError } from './messages.ts'
import type { TappedRows } from './taps.ts'
import { startThread } from './threads.ts'

export interface WorkerEvents {
  /** A lane has no split any more, since a moment ago. */
  readonly onFree: (lane: number, since: number) => void
  readonly onStaged: (lane: number, message: Extract<FromLane, { type: 'staged' }>) => void
  readonly onFailed: (lane: number, split: number, error: HeadraceError) => void
  readonly onRows: (rows: TappedRows) => void
  /** Some rows of a split are to be made durable. */
  readonly onStore: (part: StorePart) => Promise<void>
  /** A worker could not start or went away: the run cannot go on. */
  readonly onBroken: (error: HeadraceError) => void
  readonly onLog: (level: 'debug' | 'info' | 'warn', message: string, node: string, split?: number) => void
}

export interface WorkersStart extends Omit<LaneStart, 'lane' | 'pool' | 'plan'> {
  readonly crashes: Crashes
}

interface Opened {
  readonly about: string
  readonly milliseconds: number
}

/** The threads of a run: lanes, a worker for each model, and one for each of its sessions where it has several. They end only by being asked. */
export class Workers {
  readonly #lanes: Worker[] = []
  readonly #startLane: (lane: number) => Worker
  readonly #plan: Plan
  #trimmed: { left: number; readonly done: PromiseWithResolvers<void> } | undefined
  readonly #models: Worker[]
  readonly #sessions: Worker[] = []
  readonly #exits: Promise<void>[] = []
  readonly #events: WorkerEvents
  /** When every model is open: what each says about itself, and how long the slowest took. */
  readonly modelsOpen: Promise<{ about: Record<string, string>; milliseconds: number }>
  #closing = false

  constructor(plan: Plan, pool: Pool, start: WorkersStart, events: WorkerEvents) {
    this.#events = events
    const opened = plan.models.map((model) => this.#startModel(model, plan, pool, start))
    this.#models = opened.map(({ worker }) => worker)
    this.modelsOpen = Promise.all(opened.map(({ open }) => open)).then((all) => ({
      about: Object.fromEntries(all.map(({ about }, i) => [plan.models[i]?.nodes[0] as string, about])),
      milliseconds: Math.max(0, ...all.map(({ milliseconds }) => milliseconds)),
    }))
    this.modelsOpen.catch(() => {})
    this.#plan = plan
    const { crashes: _crashes, ...common } = start
    this.#startLane = (lane) => this.#lane(lane, { ...common, plan: plan.flow, lane, pool: pool.handle })
  }

  /** Starts lanes until there are so many. */
  grow(lanes: number): void {
    while (this.#lanes.length < lanes) {
      const lane = this.#startLane(this.#lanes.length)
      this.#lanes.push(lane)
      for (const [i, { key }] of this.#plan.models.entries()) connect(key, lane, this.#models[i] as Worker)
    }
  }

  /** Has every lane give free memory back; they have no split now. */
  async trim(): Promise<void> {
    if (this.#lanes.length === 0) return
    this.#trimmed = { left: this.#lanes.length, done: Promise.withResolvers() }
    for (const lane of this.#lanes) lane.postMessage({ type: 'trim' } satisfies ToLane)
    await this.#trimmed.done.promise
  }

  #isTrimmed(): void {
    if (this.#trimmed && --this.#trimmed.left === 0) this.#trimmed.done.resolve()
  }

  run(lane: number, task: SplitTask): void {
    this.#lanes[lane]?.postMessage({ type: 'split', task } satisfies ToLane)
  }

  /** Asks every lane to give its split up. */
  abort(): void {
    for (const lane of this.#lanes) lane.postMessage({ type: 'abort' } satisfies ToLane)
  }

  /** Ends the threads and waits until they are gone; asked again, it waits for the same end. */
  async close(): Promise<void> {
    if (!this.#closing) this.#askToEnd()
    await Promise.all(this.#exits)
  }

  #askToEnd(): void {
    this.#closing = true
    for (const lane of this.#lanes) lane.postMessage({ type: 'close' } satisfies ToLane)
    for (const model of this.#models) model.postMessage({ type: 'close' } satisfies ToModel)
    for (const session of this.#sessions) session.postMessage({ type: 'close' } satisfies ToSession)
  }

  #lane(lane: number, start: LaneStart): Worker {
    const worker = startThread('./lane.ts', start)
    worker.on('message', (message: FromLane) => {
      if (message.type === 'staged' || message.type === 'failed') this.#events.onFree(lane, message.at)
      if (message.type === 'staged') this.#events.onStaged(lane, message)
      else if (message.type === 'failed') this.#events.onFailed(lane, message.split, unpackError(message.error))
      else if (message.type === 'log') this.#events.onLog(message.level, message.message, message.node, message.split)
      else if (message.type === 'rows') this.#events.onRows(message.rows)
      else if (message.type === 'store') void this.#store(worker, message)
      else if (message.type === 'trimmed') this.#isTrimmed()
    })
    this.#watch(worker, `worker ${lane + 1}`)
    return worker
  }

  async #store(lane: Worker, part: StorePart): Promise<void> {
    const { call } = part
    let answer: ToLane = { type: 'stored', call }
    try {
      await this.#events.onStore(part)
    } catch (error) {
      answer = { type: 'stored', call, error: packError(error), ofRows: mayBeOfRows(error) }
    }
    lane.postMessage(answer)
  }

  #startModel(
    model: ModelPlan,
    plan: Plan,
    pool: Pool,
    { counters, writers, watching, errorLimit, crashes }: WorkersStart,
  ) {
    const { flow, models } = plan
    const own = flow.nodes.filter(({ id }) => model.nodes.includes(id))
    const node = own[0] as ModelStart['node']
    const counts = {
      buffer: counters,
      writers,
      row: writers - models.length + models.indexOf(model),
      nodes: flow.nodes.length,
      edges: flow.edges.length,
      own: own.map(({ index }) => index),
    }
    // Where native calls take turns one session has them all.
    const sessions = watching.turn ? 1 : model.sessions
    const session = (name: string): SessionStart => ({
      node,
      nodes: model.nodes,
      folder: flow.folder,
      threads: model.threads,
      pool: pool.handle,
      watching,
      name,
    })
    const name = `model-${counts.row}`
    const suspects = modelSuspects(crashes, model.nodes)
    const start: ModelStart = { ...session(name), sessions, counts, errorLimit, suspects }
    const worker = startThread('./modelworker.ts', start)
    const opening = this.#opening(worker, node.id)
    this.#watch(worker, `the model's worker of ${node.id}`)
    if (sessions === 1) return { worker, open: opening }
    const opened = Array.from({ length: sessions }, async (_, at) => {
      const thread = startThread('./sessions/thread.ts', session(`${name}-${at}`))
      this.#sessions.push(thread)
      this.#watch(thread, `session ${at + 1} of the model of ${node.id}`)
      connectSession(thread, worker)
      return await this.#opening(thread, node.id)
    })
    return { worker, open: Promise.all(opened).then(together) }
  }

  /** Hears what a model's worker or a session's thread says, and when its session is open. */
  #opening(worker: Worker, node: string): Promise<Opened> {
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromModel) => {
        if (message.type === 'open') resolve(message)
        else if (message.type === 'log') this.#events.onLog(message.level, message.message, node)
        else {
          const error = unpackError(message.error, { node })
          reject(error)
          this.#events.onBroken(error)
        }
      })
    })
  }

  #watch(worker: Worker, name: string): void {
    worker.on('error', (cause) => {
      const message = cause instanceof Error ? cause.message : String(cause)
      this.#events.onBroken(new HeadraceError('worker-died', `${name} stopped: ${message}`, { cause }))
    })
    this.#exits.push(
      new Promise((resolve) => {
        worker.on('exit', (code) => {
          this.#trimmed?.done.resolve()
          if (!this.#closing)
            this.#events.onBroken(new HeadraceError('worker-died', `${name} ended by itself with code ${code}`))
          resolve()
        })
      }),
    )
  }
}

function connect(resource: string, lane: Worker, model: Worker): void {
  const { port1, port2 } = new MessageChannel()
  lane.postMessage({ type: 'model', resource, port: port1 } satisfies ToLane, [port1])
  model.postMessage({ type: 'lane', port: port2 } satisfies ToModel, [port2])
}

function connectSession(session: Worker, model: Worker): void {
  const { port1, port2 } = new MessageChannel()
  session.postMessage({ type: 'calls', port: port1 } satisfies ToSession, [port1])
  model.postMessage({ type: 'session', port: port2 } satisfies ToModel, [port2])
}

/** All sessions of a model: they are alike, and open side by side. */
const together = (all: readonly Opened[]): Opened => ({
  about: `${all.length} sessions of ${all[0]?.about}`,
  milliseconds: Math.max(...all.map(({ milliseconds }) => milliseconds)),
})
