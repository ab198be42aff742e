import { type Batch, type Failure, type Pool, Receiver, Scope, Sender } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { ModelContext } from '../sdk/node.ts'
import { type Clock, systemClock } from './clock.ts'
import { Credits } from './credits.ts'
import type { NodePlan } from './flowplan.ts'
import { type InferCall, type InferReply, unpackError } from './messages.ts'

type Answer = { readonly batch: Batch & Disposable; readonly failures: readonly Failure[] }

interface Call {
  readonly scope: Scope
  readonly settle: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** Calls of a lane that a model has not answered yet; more wait in the lane. */
const callsOnTheirWay = 32

/** What of a `MessagePort` the way to a model needs. */
export interface ModelPort {
  readonly on: (event: 'message', hear: (reply: InferReply) => void) => unknown
  readonly postMessage: (call: InferCall) => void
  readonly close: () => void
}

/** A lane's end of the way to a model's worker: batches cross by descriptor, there and back. */
export class ModelClient {
  readonly #port: ModelPort
  readonly #clock: Clock
  readonly #sender: Sender
  readonly #receiver: Receiver
  readonly #pool: Pool
  readonly #calls = new Map<number, Call>()
  readonly #credits: Credits
  #next = 0

  constructor(
    pool: Pool,
    port: ModelPort,
    { clock = systemClock, credits = new Credits(callsOnTheirWay) }: { clock?: Clock; credits?: Credits } = {},
  ) {
    this.#credits = credits
    this.#pool = pool
    this.#clock = clock
    this.#port = port
    this.#sender = new Sender(pool)
    this.#receiver = new Receiver(pool)
    port.on('message', (reply: InferReply) => this.#settle(reply))
  }

  /** The `infer` of one node in one split; an abort withdraws its rows. */
  infer(node: NodePlan, signal: AbortSignal): ModelContext<unknown>['infer'] {
    return (batch, costs) =>
      new Promise<Answer>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        let callOff = () => {}
        const end = () => {
          callOff()
          signal.removeEventListener('abort', abort)
        }
        const fail = (error: unknown) => {
          end()
          reject(error)
        }
        const settle = (answer: Answer) => {
          end()
          // After an abort nobody waits for the answer: its memory goes back at once.
          if (signal.aborted) answer.batch.release()
          resolve(answer)
        }
        const withdraw = this.#credits.take(() => {
          if (node.timeout !== null) callOff = this.#clock.after(node.timeout, () => fail(timedOut(node)))
          this.#send(batch, costs, { scope: batch.scope, settle, fail })
        })
        const abort = () => {
          withdraw()
          fail(signal.reason)
        }
        signal.addEventListener('abort', abort)
      })
  }

  #send(batch: Batch, costs: Uint32Array | undefined, call: Call): void {
    const id = this.#next++
    this.#calls.set(id, call)
    this.#port.postMessage({ id, batch: this.#sender.send(batch), costs: costs ?? null } satisfies InferCall)
  }

  close(): void {
    this.#port.close()
  }

  #settle(reply: InferReply): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    this.#credits.give()
    if (!call) return
    if ('error' in reply) {
      call.fail(unpackError(reply.error))
      return
    }
    if (call.scope.closed) {
      // The split is over: take the batch only to give its memory back.
      const scope = new Scope(this.#pool)
      this.#receiver.receive(scope, reply.batch)
      scope.close()
      return
    }
    const batch = this.#receiver.receive(call.scope, reply.batch)
    const kept = batch.keep()
    batch.leave()
    call.settle({ batch: kept, failures: reply.failures })
  }
}

function timedOut(node: NodePlan): HeadraceError {
  return new HeadraceError('timeout', `${node.id}: the model gave no answer within ${node.timeout} ms`, {
    place: { node: node.id },
    fault: true,
  })
}
