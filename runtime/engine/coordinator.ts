import type { HeadraceError, Place } from '../pipeline/problem.ts'
import type { Receipt } from '../sdk/node.ts'
import { mayBeOfRows } from './apart/ofrows.ts'
import { tries } from './backoff.ts'
import { addBooks, type Books, noBooks } from './books.ts'
import type { Clock } from './clock.ts'
import type { StagedDeadLetters } from './deadletters.ts'
import { endsOf, type FlowPlan, reach } from './flowplan.ts'
import { type FromLane, knownError } from './messages.ts'
import type { Progress } from './progress.ts'
import { retried } from './retried.ts'
import type { PlannedSplit } from './runfolder.ts'
import { type Action, Scheduler, type SchedulerOptions } from './scheduler.ts'

export interface CoordinatorOptions {
  readonly clock: Clock
  readonly flow: FlowPlan
  readonly splits: readonly PlannedSplit[]
  readonly lanes: number
  readonly progress: Progress
  /** Makes splits durable at an end, and says so in the ledger. */
  readonly commit: (end: string, splits: readonly number[], receipts: readonly Receipt[]) => Promise<void>
  /** Every end that they reach has these splits. */
  readonly done: (
    splits: readonly number[],
    books: { readonly [node: string]: Books },
    deadLetters: readonly StagedDeadLetters[],
  ) => void
  readonly groups: ReadonlyMap<string, { rows: number; bytes: number; seconds: number } | undefined>
  /** `more`: splits are left that come after it; `apart`: the sink that makes its rows durable in parts. */
  readonly run: (lane: number, index: number, more: boolean, apart?: RunsApart) => void
  /** By sink the splits that go into it in parts: they crashed it. */
  readonly apart?: ReadonlyMap<string, ReadonlySet<number>>
  readonly abort: () => void
  /** Looks at the counts so far and throws where the run must stop (`errorLimit`). */
  readonly judge: (inFlight: { readonly [node: string]: Books }, atWork: boolean) => void
  readonly log: (level: 'info' | 'warn', message: string) => void
  /** Decides what is done when; left out: the engine's own. */
  readonly scheduler?: ((options: SchedulerOptions) => Scheduler) | undefined
  /** Lanes at work now, and whether parts are left that none of them has. */
  readonly onLanes?: (running: ReadonlySet<number>, left: boolean) => void
}

/** The sink that makes a split's rows durable in parts, and what it said of them together, where it did. */
export interface RunsApart {
  readonly sink: string
  readonly failed: string | null
}

interface Staged {
  readonly books: { readonly [node: string]: Books }
  readonly deadLetters: StagedDeadLetters | null
}

/** Drives the scheduler with real workers, sinks and time until every split is done, or the run must stop. */
export class Coordinator {
  readonly #options: CoordinatorOptions
  readonly #scheduler: Scheduler
  readonly #staged = new Map<number, Staged>()
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #failures: HeadraceError[] = []
  /** What sinks said of splits that they could not store, by sink and split. */
  readonly #refused = new Map<string, string>()
  #running = 0
  #committing = 0
  #callOff: () => void = () => {}
  #wakeAt = Number.POSITIVE_INFINITY
  #stopped = false
  #broken = false

  constructor(options: CoordinatorOptions) {
    this.#options = options
    const { splits, flow, progress, lanes, groups } = options
    const { done, committed } = progress
    const open = splits.map((_, index) => index).filter((index) => !done.has(index))
    const sources = [...new Set(splits.map(({ source }) => source))]
    const reaches = new Map(sources.map((id) => [id, new Set(endsOf(reach(flow, id), id).map((end) => end.id))]))
    const sinks = endsOf(flow).map(({ id, node, input }) => ({
      id,
      group: groups.get(node.id),
      ...(options.apart?.has(id) && { apart: options.apart.get(id) as ReadonlySet<number> }),
      ...(input === null && { after: rejecting(flow, id) }),
      splits: open.filter(
        (index) =>
          reaches.get(splits[index]?.source as string)?.has(id) &&
          // What was kept of a split that is not done is staged anew with it, and made durable again.
          (input !== null || !committed.get(id)?.has(index)),
      ),
    }))
    const { scheduler = (given) => new Scheduler(given) } = options
    this.#scheduler = scheduler({ lanes, splits: open, sinks, ahead: Math.max(8, lanes * 4), tries })
  }

  /** Runs until everything is done (resolves), stopped (resolves with splits left) or failed (rejects). */
  async run(): Promise<{ left: number }> {
    this.#do(this.#scheduler.next(this.#options.clock.now()))
    this.#settle()
    await this.#ended.promise
    this.#callOff()
    const [first] = this.#failures
    if (first) throw first
    return { left: this.#scheduler.left }
  }

  /** Splits that lanes work on now. */
  get running(): number {
    return this.#running
  }

  /** Finishes what is in flight, then ends. */
  stop(): void {
    this.#stopped = true
    this.#scheduler.stop()
    this.#do(this.#scheduler.next(this.#options.clock.now()))
    this.#settle()
  }

  fail(error: HeadraceError): void {
    this.#failures.push(error)
    this.#scheduler.stop()
    this.#options.abort()
    // A lane that died never answers: what is known to run may be gone.
    this.#broken ||= error.code === 'worker-died'
    this.#settle()
  }

  staged(lane: number, { result, deadLetters }: Extract<FromLane, { type: 'staged' }>): void {
    this.#running--
    this.#staged.set(result.index, { books: result.books, deadLetters })
    try {
      this.#options.judge(this.#inFlight(), this.#running > 0)
    } catch (error) {
      this.fail(error as HeadraceError)
      return
    }
    this.#do(this.#scheduler.splitStaged(lane, result.receipts as Record<string, Receipt>, this.#options.clock.now()))
    this.#settle()
  }

  failed(lane: number, split: number, error: HeadraceError): void {
    this.#running--
    this.#tellLanes()
    const now = this.#options.clock.now()
    const again = this.#scheduler.splitFailed(lane, error.fault, now)
    if (again) this.#options.log('warn', `part ${split + 1} will be tried again: ${error.message}`)
    else if (this.#failures.length === 0 && !this.#stopped) {
      this.fail(error)
      return
    }
    this.#do(this.#scheduler.next(now))
    this.#settle()
  }

  #do(actions: readonly Action[]): void {
    if (this.#failures.length) return
    for (const action of actions) {
      if (action.do === 'run') {
        this.#running++
        const { lane, split, apart } = action
        const failed = this.#refused.get(`${apart}:${split}`) ?? null
        this.#options.run(
          lane,
          split,
          this.#scheduler.waiting,
          apart === undefined ? undefined : { sink: apart, failed },
        )
      } else if (action.do === 'commit') void this.#commit(action)
      else if (action.do === 'done') void this.#done(action.splits)
      else this.#wake(action.until)
    }
    this.#tellLanes()
  }

  /** Asks the scheduler again at the earliest of the times that it named. */
  #wake(until: number): void {
    if (until >= this.#wakeAt) return
    this.#wakeAt = until
    this.#callOff()
    const again = () => {
      this.#wakeAt = Number.POSITIVE_INFINITY
      this.#do(this.#scheduler.next(this.#options.clock.now()))
    }
    const { clock } = this.#options
    this.#callOff = clock.after(Math.max(1, until - clock.now()), again)
  }

  async #commit({ sink, splits, receipts }: Extract<Action, { do: 'commit' }>): Promise<void> {
    const { commit, clock, log, flow } = this.#options
    const node = sink.split('.', 1)[0] as string
    // Where there is no row, none is at fault: looking for it would never end.
    const hasRows = receipts.some(({ rows }) => rows > 0)
    const isSink = hasRows && flow.nodes.some(({ id, kind }) => id === sink && kind === 'sink')
    const outcome: { error?: unknown } = {}
    const stored = await this.#durably(splits, { node }, async () => {
      try {
        await commit(sink, splits, receipts)
      } catch (error) {
        if (!isSink || !mayBeOfRows(error)) throw error
        outcome.error = error
      }
    })
    if ('error' in outcome) {
      const said = outcome.error instanceof Error ? outcome.error.message : String(outcome.error)
      const what = splits.length === 1 ? `part ${(splits[0] as number) + 1}` : `${splits.length} parts together`
      log('warn', `${sink} could not store ${what}, and looks for the row at fault: ${said}`)
      if (splits.length === 1) this.#refused.set(`${sink}:${splits[0]}`, said)
      this.#do(this.#scheduler.refused(sink, splits, clock.now()))
    } else if (stored) this.#do(this.#scheduler.committed(sink, splits, clock.now()))
    this.#settle()
  }

  async #done(splits: readonly number[]): Promise<void> {
    const staged = splits.map((split) => this.#staged.get(split) as Staged)
    const books: Record<string, Books> = {}
    for (const one of staged)
      for (const [node, own] of Object.entries(one.books)) books[node] = addBooks(books[node] ?? noBooks, own)
    const letters = staged.flatMap(({ deadLetters }) => deadLetters ?? [])
    await this.#durably(splits, {}, async () => {
      this.#options.done(splits, books, letters)
      for (const split of splits) this.#staged.delete(split)
    })
    this.#settle()
  }

  /** Does what must be on disk before the run goes on: what the surroundings disturb is tried again; a failure ends the run. */
  async #durably(splits: readonly number[], place: Place, work: () => Promise<void>): Promise<boolean> {
    const { clock, log } = this.#options
    const onRetry = ({ message }: HeadraceError) => log('warn', `storing will be tried again: ${message}`)
    this.#committing++
    try {
      await retried(work, clock, onRetry, splits[0])
      return true
    } catch (error) {
      this.#failures.push(knownError(error, 'commit', place))
      this.#scheduler.stop()
      this.#options.abort()
      return false
    } finally {
      this.#committing--
    }
  }

  #inFlight(): Record<string, Books> {
    const books: Record<string, Books> = {}
    for (const one of this.#staged.values())
      for (const [node, own] of Object.entries(one.books)) books[node] = addBooks(books[node] ?? noBooks, own)
    return books
  }

  #tellLanes(): void {
    this.#options.onLanes?.(this.#scheduler.lanes, this.#scheduler.waiting)
  }

  #settle(): void {
    const quiet = (this.#running === 0 || this.#broken) && this.#committing === 0
    if (quiet && (this.#failures.length > 0 || this.#scheduler.settled)) this.#ended.resolve()
  }
}

/** The sinks whose rejected rows come to a sink. */
function rejecting(flow: FlowPlan, sink: string): string[] {
  return flow.nodes.flatMap(({ id, kind }) => {
    if (kind !== 'sink' || id === sink || !flow.edges.some(({ from }) => from === id)) return []
    return reach(flow, id).nodes.some((below) => below.id === sink) ? [id] : []
  })
}
