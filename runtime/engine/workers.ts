import { MessageChannel, Worker } from 'node:worker_threads'
import type { Pool } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { ModelPlan, Plan } from '../plan/plan.ts'
import type { SplitTask } from './flow.ts'
import type { FromLane, FromModel, LaneStart, ModelStart, ToLane, ToModel } from './messages.ts'
import { unpackError } from './messages.ts'

export interface WorkerEvents {
  readonly onStaged: (lane: number, message: Extract<FromLane, { type: 'staged' }>) => void
  readonly onFailed: (lane: number, split: number, error: HeadraceError) => void
  /** A worker could not start or went away: the run cannot go on. */
  readonly onBroken: (error: HeadraceError) => void
  readonly onLog: (level: 'debug' | 'info' | 'warn', message: string, node: string, split?: number) => void
}

/** The threads of a run: lanes, and a worker for each model. They end only by being asked. */
export class Workers {
  readonly #lanes: Worker[]
  readonly #models: Worker[]
  readonly #exits: Promise<void>[] = []
  readonly #events: WorkerEvents
  /** When every model is open: what each says about itself, and how long the slowest took. */
  readonly modelsOpen: Promise<{ about: Record<string, string>; milliseconds: number }>
  #closing = false

  constructor(
    plan: Plan,
    pool: Pool,
    lanes: number,
    start: Omit<LaneStart, 'lane' | 'lanes' | 'pool' | 'plan'>,
    events: WorkerEvents,
  ) {
    this.#events = events
    const opened = plan.models.map((model) => this.#startModel(model, plan, pool))
    this.#models = opened.map(({ worker }) => worker)
    this.modelsOpen = Promise.all(opened.map(({ open }) => open)).then((all) => ({
      about: Object.fromEntries(all.map(({ about }, i) => [plan.models[i]?.nodes[0] as string, about])),
      milliseconds: Math.max(0, ...all.map(({ milliseconds }) => milliseconds)),
    }))
    this.modelsOpen.catch(() => {})
    this.#lanes = Array.from({ length: lanes }, (_, lane) =>
      this.#startLane(lane, { ...start, plan: plan.flow, lane, lanes, pool: pool.handle }),
    )
    for (const [i, { key }] of plan.models.entries())
      for (const lane of this.#lanes) connect(key, lane, this.#models[i] as Worker)
  }

  run(lane: number, task: SplitTask): void {
    this.#lanes[lane]?.postMessage({ type: 'split', task } satisfies ToLane)
  }

  /** Asks every lane to give its split up. */
  abort(): void {
    for (const lane of this.#lanes) lane.postMessage({ type: 'abort' } satisfies ToLane)
  }

  /** Ends the threads and waits until they are gone. */
  async close(): Promise<void> {
    this.#closing = true
    for (const lane of this.#lanes) lane.postMessage({ type: 'close' } satisfies ToLane)
    for (const model of this.#models) model.postMessage({ type: 'close' } satisfies ToModel)
    await Promise.all(this.#exits)
  }

  #startLane(lane: number, start: LaneStart): Worker {
    const worker = startThread('./lane.ts', start)
    worker.on('message', (message: FromLane) => {
      if (message.type === 'staged') this.#events.onStaged(lane, message)
      else if (message.type === 'failed') this.#events.onFailed(lane, message.split, unpackError(message.error))
      else if (message.type === 'log') this.#events.onLog(message.level, message.message, message.node, message.split)
    })
    this.#watch(worker, `worker ${lane + 1}`)
    return worker
  }

  #startModel({ nodes, threads }: ModelPlan, plan: Plan, pool: Pool) {
    const node = plan.flow.nodes.find(({ id }) => id === nodes[0]) as ModelStart['node']
    const start: ModelStart = { node, folder: plan.flow.folder, threads, pool: pool.handle }
    const worker = startThread('./modelworker.ts', start)
    const open = new Promise<{ about: string; milliseconds: number }>((resolve, reject) => {
      worker.on('message', (message: FromModel) => {
        if (message.type === 'open') resolve(message)
        else if (message.type === 'log') this.#events.onLog(message.level, message.message, node.id)
        else {
          const error = unpackError(message.error, { node: node.id })
          reject(error)
          this.#events.onBroken(error)
        }
      })
    })
    this.#watch(worker, `the model's worker of ${node.id}`)
    return { worker, open }
  }

  #watch(worker: Worker, name: string): void {
    worker.on('error', (cause) => {
      const message = cause instanceof Error ? cause.message : String(cause)
      this.#events.onBroken(new HeadraceError('worker-died', `${name} stopped: ${message}`, { cause }))
    })
    this.#exits.push(
      new Promise((resolve) => {
        worker.on('exit', (code) => {
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

function startThread(entry: string, start: LaneStart | ModelStart): Worker {
  return new Worker(new URL('./thread.mjs', import.meta.url), {
    workerData: { ...start, entry: new URL(entry, import.meta.url).href },
  })
}
