import type { Activity, CountWriter } from './counters.ts'

/**
 * Splits a node's time into working, waiting for input, blocked by output and waiting for a resource. Inside a lane
 * one node works at a time: when it asks for input it waits, when it has yielded it is blocked until asked again.
 * Of several things that go on at once the first counts: blocked, waiting for input, waiting for the resource.
 */
export class Meter {
  readonly #node: number
  readonly #counters: CountWriter
  readonly #clock: () => number
  #asked = false
  #ended: 'blocked' | 'waiting' | undefined
  #pulls = 0
  #answers = 0
  #activity: Activity | null = null
  #closed = false

  constructor(node: number, counters: CountWriter, clock: () => number) {
    this.#node = node
    this.#counters = counters
    this.#clock = clock
    this.#turn()
  }

  /** Whether the node has given what it was asked for, and waits to be asked again. */
  get idle(): boolean {
    return !this.#asked
  }

  /** Somebody wants the node's next batch. */
  ask(): void {
    this.#asked = true
    this.#turn()
  }

  /** The node has given what it was asked for. */
  answer(): void {
    this.#asked = false
    this.#turn()
  }

  /** The node has given all that it had: from here it waits for more, or for the nodes behind it where there is more. */
  end(more: boolean): void {
    this.#ended = more ? 'blocked' : 'waiting'
    this.#turn()
  }

  /** The node waits for input until it is there; much of the work for it is done before `pull` gives its promise. */
  async pulling<T>(pull: () => Promise<T>): Promise<T> {
    this.#pulls++
    this.#turn()
    try {
      return await pull()
    } finally {
      this.#pulls--
      this.#turn()
    }
  }

  /** The node waits for its resource from when it awaits the promise: it may ask many times before the first answer. */
  awaiting<T>(work: Promise<T>): Promise<T> {
    const answer = new Answer<T>((resolve, reject) => void work.then(resolve, reject))
    let open = 0
    answer.onAwait = () => {
      if (open++ > 0) return
      this.#answers++
      this.#turn()
    }
    const settled = () => {
      if (open > 0) this.#answers--
      open = Number.POSITIVE_INFINITY
      this.#turn()
    }
    work.then(settled, settled)
    return answer
  }

  /** The split is over: what follows is no time of the node. */
  close(): void {
    this.#counters.turn(this.#node, null, this.#clock())
    this.#closed = true
  }

  #turn(): void {
    const activity = this.#ended ?? this.#doing()
    if (this.#closed || activity === this.#activity) return
    this.#activity = activity
    this.#counters.turn(this.#node, activity, this.#clock())
  }

  #doing(): Activity {
    if (!this.#asked) return 'blocked'
    if (this.#pulls > 0) return 'waiting'
    return this.#answers > 0 ? 'resource' : 'working'
  }
}

/** A promise that says when somebody begins to wait for its value. */
class Answer<T> extends Promise<T> {
  static override get [Symbol.species]() {
    return Promise
  }

  onAwait: () => void = () => {}

  // biome-ignore lint/suspicious/noThenProperty: `await` calls it, which is what is to be noticed
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // `catch` alone waits for nothing.
    if (onFulfilled) this.onAwait()
    return super.then(onFulfilled, onRejected)
  }
}
