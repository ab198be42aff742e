/** Time as the engine sees it; a simulation brings its own. */
export interface Clock {
  /** Milliseconds since a moment that means nothing: only differences count. */
  readonly now: () => number
  /** Calls once when so many milliseconds have gone by. Returns a way to call it off. */
  readonly after: (milliseconds: number, call: () => void) => () => void
}

/** The time of this process: every thread of it has the same. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** Waits so many milliseconds. */
export const pause = (clock: Clock, milliseconds: number): Promise<void> =>
  new Promise((resolve) => void clock.after(milliseconds, resolve))

/** Calls again and again, so many milliseconds apart, until it is called off. */
export function every(clock: Clock, milliseconds: number, call: () => void): () => void {
  const again = () => {
    call()
    stop = clock.after(milliseconds, again)
  }
  let stop = clock.after(milliseconds, again)
  return () => stop()
}
