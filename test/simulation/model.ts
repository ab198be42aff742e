import { HeadraceError, type Pool, type PoolHandle, Receiver, Scope, Sender } from '@headrace/runtime/sdk'
import { inferAll, type Request } from '../../runtime/engine/batching.ts'
import type { Clock } from '../../runtime/engine/clock.ts'
import { type InferCall, type InferReply, packError } from '../../runtime/engine/messages.ts'
import type { ModelPort } from '../../runtime/engine/modelclient.ts'
import { inferRows } from './nodes.ts'
import { mail } from './time.ts'

export interface ModelWorld {
  readonly pool: PoolHandle
  /** What the session does before it answers: time goes by, or it breaks. */
  readonly around: () => Promise<void>
  readonly newPool: (handle: PoolHandle) => Pool
}

interface Waiting extends Request {
  readonly id: number
  readonly scope: Scope
  readonly answer: (reply: InferReply) => void
  readonly sender: Sender
}

/** A model's worker: merges the calls of all lanes, and cuts and bisects them with the engine's own core. */
export class SimulatedModel {
  readonly pool: Pool
  readonly #world: ModelWorld
  readonly #waiting: Waiting[] = []
  #busy = false

  constructor(world: ModelWorld) {
    this.#world = world
    this.pool = world.newPool(world.pool)
  }

  /** A lane's end of the way: what hears its calls. */
  lane(answer: (reply: InferReply) => void): (call: InferCall) => void {
    const receiver = new Receiver(this.pool)
    const sender = new Sender(this.pool)
    return ({ id, batch, costs }) => {
      const scope = new Scope(this.pool)
      this.#waiting.push({ id, scope, batch: receiver.receive(scope, batch), costs, answer, sender })
      void this.#work()
    }
  }

  get busy(): boolean {
    return this.#busy
  }

  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    while (this.#waiting.length > 0) await this.#answer(this.#waiting.splice(0, 3))
    this.#busy = false
  }

  async #answer(calls: readonly Waiting[]): Promise<void> {
    const scope = new Scope(this.pool)
    try {
      const infer = async (batch: Parameters<typeof inferRows>[0]) => {
        await this.#world.around()
        return (await inferRows(batch)) as never
      }
      const answers = await inferAll(calls, { rows: 4, cost: 100 }, infer, scope)
      for (const [i, { id, answer, sender }] of calls.entries()) {
        const { batch, failures } = answers[i] as (typeof answers)[number]
        answer({ id, batch: sender.send(batch), failures })
      }
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error
      for (const { id, answer } of calls) answer({ id, error: packError(error) })
    } finally {
      scope.close()
      for (const call of calls) call.scope.close()
    }
  }
}

/** The port of a lane to the model: what goes through it takes a while, in both directions. */
export function connect(model: SimulatedModel, time: Clock, delay: () => number): ModelPort {
  let hear: (reply: InferReply) => void = () => {}
  const back = mail(time, delay, (reply: InferReply) => hear(reply))
  const there = mail(time, delay, model.lane(back))
  return {
    on: (_, listener) => {
      hear = listener
    },
    postMessage: there,
    close: () => {},
  }
}
