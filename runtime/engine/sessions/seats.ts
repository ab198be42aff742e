import type { Batch } from '../../memory/index.ts'
import type { Column, Field } from '../../sdk/index.ts'
import type { PackedRows } from '../crash/rows.ts'

/** A session of a model, as its worker sees it. */
export interface Seat {
  /** How many calls it takes at a time: one where it works in this thread, else one more that it finds at once. */
  readonly room: number
  /** `rows`: which rows of the run they are, for a crash. */
  readonly ask: (batch: Batch, rows: readonly PackedRows[]) => Promise<readonly [Field, Column][]>
}

interface Taken {
  readonly seat: Seat
  calls: number
}

/** Gives each call to the session that has the fewest, in the order of asking: none has nothing to do while a call waits. */
export class Seats {
  readonly #seats: Taken[] = []
  readonly #waiting: PromiseWithResolvers<Taken>[] = []
  #free: PromiseWithResolvers<void> | undefined
  #stopped: Error | undefined

  add(seat: Seat): void {
    const one = { seat, calls: 0 }
    this.#seats.push(one)
    for (let i = 0; i < seat.room; i++) this.#offer(one)
  }

  /** Calls that all of them take at a time; 0: none is open yet. */
  get room(): number {
    return this.#seats.reduce((sum, { seat }) => sum + seat.room, 0)
  }

  /** Has a session work as soon as one has room. */
  async during<T>(work: (seat: Seat) => Promise<T>): Promise<T> {
    const one = await this.#take()
    try {
      return await work(one.seat)
    } finally {
      one.calls--
      this.#offer(one)
    }
  }

  /** Until a session has room that no call waits for. */
  async free(): Promise<void> {
    if (this.#idle()) return
    this.#free ??= Promise.withResolvers()
    await this.#free.promise
  }

  /** Refuses every call that no session has yet. */
  stop(reason: Error): void {
    this.#stopped = reason
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
    this.#free?.resolve()
  }

  async #take(): Promise<Taken> {
    if (this.#stopped) throw this.#stopped
    const one = this.#idle()
    if (one) {
      one.calls++
      return one
    }
    const turn = Promise.withResolvers<Taken>()
    this.#waiting.push(turn)
    return await turn.promise
  }

  #idle(): Taken | undefined {
    const open = this.#seats.filter(({ seat, calls }) => calls < seat.room)
    return open.reduce<Taken | undefined>((best, one) => (best && best.calls <= one.calls ? best : one), undefined)
  }

  /** A place at a session is free. */
  #offer(one: Taken): void {
    const next = this.#waiting.shift()
    if (next) {
      one.calls++
      next.resolve(one)
    } else {
      this.#free?.resolve()
      this.#free = undefined
    }
  }
}
