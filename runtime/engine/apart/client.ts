import { HeadraceError } from '../../pipeline/problem.ts'
import type { FlowServices } from '../flow.ts'
import { type StorePart, type ToLane, unpackError } from '../messages.ts'

/** A lane's way to have rows made durable, one call after the other. */
export class StoringClient {
  readonly #say: (message: StorePart) => void
  readonly #calls = new Map<number, PromiseWithResolvers<void>>()
  #next = 0

  constructor(say: (message: StorePart) => void) {
    this.#say = say
  }

  commitPart: NonNullable<FlowServices['commitPart']> = (end, split, receipt, part, range) => {
    const call = this.#next++
    const done = Promise.withResolvers<void>()
    this.#calls.set(call, done)
    this.#say({ type: 'store', call, end, split, receipt, part, range })
    return done.promise
  }

  answer({ call, error, ofRows = false }: Extract<ToLane, { type: 'stored' }>): void {
    const done = this.#calls.get(call)
    this.#calls.delete(call)
    if (!error) {
      done?.resolve()
      return
    }
    const { code, message, place, hint, fault } = unpackError(error)
    const own = code === 'crash' && ofRows
    done?.reject(
      own ? new Error(message) : new HeadraceError(code, message, { place, fault, ofRows, ...(hint && { hint }) }),
    )
  }
}
