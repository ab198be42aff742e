import type { Clock } from '../../runtime/engine/clock.ts'

interface Event {
  readonly at: number
  readonly call: () => void
  off: boolean
}

/** Time that goes on only when somebody asks for what comes next. */
export class SimulatedTime implements Clock {
  #now = 0
  #events: Event[] = []

  now = (): number => this.#now

  after = (milliseconds: number, call: () => void): (() => void) => {
    const event = { at: this.#now + Math.max(0, milliseconds), call, off: false }
    // Few wait at a time; of two at the same moment the one that came first goes first.
    let place = this.#events.length
    while (place > 0 && (this.#events[place - 1] as Event).at > event.at) place--
    this.#events.splice(place, 0, event)
    return () => {
      event.off = true
    }
  }

  /** Goes on to the next thing that happens; false where nothing will. */
  step(): boolean {
    let event = this.#events.shift()
    while (event?.off) event = this.#events.shift()
    if (!event) return false
    this.#now = event.at
    event.call()
    return true
  }

  /** A process has ended: nothing that it waited for happens. */
  clear(): void {
    this.#events = []
  }
}

/** Messages from one thread to another: each takes a while, and none overtakes another. */
export function mail<T>(time: Clock, delay: () => number, hear: (message: T) => void): (message: T) => void {
  let last = 0
  return (message) => {
    last = Math.max(last, time.now() + delay())
    time.after(last - time.now(), () => hear(message))
  }
}
