import type { MessagePort } from 'node:worker_threads'
import { type Batch, type Pool, Receiver, Sender } from '../../memory/index.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { Column, Field } from '../../sdk/index.ts'
import type { Limits } from '../batching.ts'
import type { PackedRows } from '../crash/rows.ts'
import { type SessionCall, type SessionReply, unpackError } from '../messages.ts'
import type { Seat } from './seats.ts'

/**
 * Calls that a session in another thread has: the second one is there when the first one ends. Nobody waits for the
 * model's worker, which shares the cores with the sessions, to wake up.
 */
export const callsOnTheirWay = 2

/** The run is over: nobody waits for a call any more. A fault, so that no row is blamed for it. */
export const closing = (): HeadraceError =>
  new HeadraceError('closed', 'the model was closed while rows waited for it', { fault: true })

interface Call {
  readonly batch: Batch
  readonly settle: (columns: readonly [Field, Column][]) => void
  readonly fail: (error: unknown) => void
}

/** The model worker's end of the way to a session in a thread of its own: batches cross by descriptor, there and back. */
export class RemoteSession implements Seat {
  readonly room = callsOnTheirWay
  readonly #port: MessagePort
  readonly #sender: Sender
  readonly #receiver: Receiver
  readonly #calls = new Map<number, Call>()
  #next = 0

  /** `onOpen` hears of its limits. */
  constructor(pool: Pool, port: MessagePort, onOpen: (session: RemoteSession, limits: Limits) => void) {
    this.#port = port
    this.#sender = new Sender(pool)
    this.#receiver = new Receiver(pool)
    port.on('message', (reply: SessionReply) => {
      if ('limits' in reply) onOpen(this, reply.limits)
      else this.#settle(reply)
    })
    port.on('close', () => {
      for (const { fail } of this.#calls.values()) fail(closing())
      this.#calls.clear()
    })
  }

  ask(batch: Batch, rows: readonly PackedRows[]): Promise<readonly [Field, Column][]> {
    return new Promise((settle, fail) => {
      const id = this.#next++
      this.#calls.set(id, { batch, settle, fail })
      this.#port.postMessage({ id, batch: this.#sender.send(batch), rows } satisfies SessionCall)
    })
  }

  close(): void {
    this.#port.close()
  }

  #settle(reply: Exclude<SessionReply, { limits: Limits }>): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    if (!call) return
    if ('error' in reply) call.fail(unpackError(reply.error))
    else {
      const answer = this.#receiver.receive(call.batch.scope, reply.batch)
      call.settle(answer.schema.fields.map((field, i) => [field, answer.column(i)]))
    }
  }
}
