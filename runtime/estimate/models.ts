import { isAbsolute, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Cut, inferAll } from '../engine/batching.ts'
import type { FlowPlan, NodePlan } from '../engine/flowplan.ts'
import { type Batch, gather, type Pool, Scope } from '../memory/index.ts'
import type { ModelPlan } from '../plan/plan.ts'
import type { Column, Field } from '../sdk/index.ts'
import type { ModelContext, ModelNode, Session } from '../sdk/node.ts'
import { addSpent, nothingSpent, type Spent, stopwatch } from './clock.ts'
import type { ModelSample } from './sample.ts'

/** Milliseconds of all calls together that are enough, of the processor for each thread or twice as many of the clock; and the most. */
const budget = 800
const most = 4000
/** Of the calls that would be made one in so many is made; cut by cost, neighbours are alike. */
const oneIn = 3

type Answer = readonly (readonly [Field, Column])[]

/**
 * A model of which only some calls are made: the others are answered with what those gave, so that the nodes behind it
 * get their rows, and are known by their cost alone.
 */
export class SampledModel {
  readonly #session: Session
  readonly #threads: number
  readonly #opening: number
  /** Answers live as long as the model. */
  readonly #scope: Scope
  #answer: Answer | undefined
  #asked = 0
  /** A session has one call at a time, and a node asks again before it has its answer. */
  #turn: Promise<unknown> = Promise.resolve()
  #first: { readonly cost: number; readonly spent: Spent } | undefined
  #made = { calls: 0, cost: 0, ...nothingSpent }
  /** What the calls took that were made, whether they are counted or not. */
  spent: Spent = nothingSpent
  /** Of all calls so far. */
  cost = 0

  private constructor(session: Session, threads: number, opening: number, pool: Pool) {
    this.#session = session
    this.#threads = threads
    this.#opening = opening
    this.#scope = new Scope(pool)
  }

  static async open(
    node: NodePlan,
    definition: ModelNode,
    { threads }: ModelPlan,
    { folder }: FlowPlan,
    pool: Pool,
  ): Promise<SampledModel> {
    const started = performance.now()
    const session = await definition.resource.open({
      config: node.config as never, // checked against the node's own schema
      probe: node.probe,
      resolve: (path) => (isAbsolute(path) ? path : join(folder, path)),
      threads,
      log: () => {},
    })
    return new SampledModel(session, threads, performance.now() - started, pool)
  }

  /** What it was like. */
  get sample(): ModelSample {
    const first = this.#first
    // The first call is slower than others: it counts only where it is the only one.
    if (this.#made.calls > 0 || !first) return { opening: this.#opening, ...this.#made }
    return { opening: this.#opening, calls: 1, cost: first.cost, ...first.spent }
  }

  get #isEnough(): boolean {
    const { wall, cpu } = this.spent
    return wall > most || (this.#made.calls > 1 && (wall > 2 * budget || cpu > budget * this.#threads))
  }

  infer(signal: AbortSignal): ModelContext<unknown>['infer'] {
    return async (batch, costs) => {
      const inner = new Scope(batch.scope.pool)
      try {
        const ask = async (some: Batch, cut: Cut) => {
          const cost = cut.length * Math.max(1, ...cut.map(({ row }) => costs?.[row] ?? 1))
          const mine = this.#turn.then(async () => {
            signal.throwIfAborted()
            return await this.#ask(some, cost)
          })
          this.#turn = mine.catch(() => {})
          return await mine
        }
        const request = { batch: batch.into(inner), costs: costs ?? null }
        const [answer] = await inferAll([request], this.#session.limits, ask, inner)
        const { batch: made, failures } = answer as NonNullable<typeof answer>
        const own = made.into(batch.scope).keep()
        own.leave()
        return { batch: own, failures }
      } finally {
        inner.close()
      }
    }
  }

  async close(): Promise<void> {
    this.#scope.close()
    await this.#session.close()
  }

  async #ask(some: Batch, cost: number): Promise<readonly [Field, Column][]> {
    this.cost += cost
    const turn = this.#asked++
    const known = this.#answer
    if (known && (this.#isEnough || turn % oneIn !== 1)) return repeated(known, some)
    const watch = stopwatch()
    const columns = await this.#session.infer(some)
    const spent = watch()
    this.spent = addSpent(this.spent, spent)
    if (!this.#first) this.#first = { cost, spent }
    else {
      const { calls, cost: before } = this.#made
      this.#made = { calls: calls + 1, cost: before + cost, ...addSpent(this.#made, spent) }
    }
    if (!known && some.rows > 0) this.#answer = kept(this.#scope, columns, some.rows)
    return [...columns]
  }
}

/** Copies columns into a scope that outlasts their own. */
function kept(scope: Scope, columns: Answer, rows: number): Answer {
  const all = Int32Array.from({ length: rows }, (_, row) => row)
  return columns.map(([field, column]) => [field, gather(scope, column, all)])
}

/** As many rows as were asked for, of those that are there. */
function repeated(answer: Answer, { scope, rows }: Batch): [Field, Column][] {
  const there = answer[0]?.[1].length ?? 1
  const places = Int32Array.from({ length: rows }, (_, row) => row % there)
  return answer.map(([field, column]) => [field, gather(scope, column, places)])
}
