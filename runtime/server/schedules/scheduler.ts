import type { PipelineSchedule } from '../../pipeline/model.ts'
import { sentenceOf } from '../../schedule/sentence.ts'
import { readTimetable, type ScheduleProblem, type Timetable, usualZone } from '../../schedule/timetable.ts'
import type { RunStatus } from '../api/runs.ts'
import type { ScheduleEvent, ScheduleView } from '../api/schedules.ts'
import type { Keeper, Kept } from './keep.ts'
import { inZone, missedText } from './texts.ts'

/** How a run that was asked for began: its id, or why there is none. */
export type Began = { readonly run: string } | { readonly nothing: string } | { readonly refused: string }

/** What the scheduler works in: the real one, or a test's. */
export interface World {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The schedule in a pipeline's file as it is saved; null where it has none, undefined where there is no file. */
  readonly schedule: (pipeline: string) => Promise<PipelineSchedule | null | undefined>
  /** The run of a pipeline that is at work, whoever started it. */
  readonly atWork: (pipeline: string) => string | null
  readonly start: (pipeline: string, schedule: PipelineSchedule) => Promise<Began>
  /** How a run is now; null where there is none. */
  readonly status: (run: string) => RunStatus | null
  /** Resolves when a run has ended; null where that is not known. */
  readonly ended: (run: string) => Promise<RunStatus | null>
  readonly changed: (pipeline: string) => void
  readonly log: (message: string) => void
}

/** A time that is found so much later was missed: the server was away, or the machine asleep. */
const lateMilliseconds = 90_000
/** A clock that was set back by more makes times come again. */
const backMilliseconds = 60_000
const mostEvents = 100
const mostMissed = 1000

/** Starts pipelines when they are due. Asked once a second what the time is: clocks jump and machines sleep. */
export class Scheduler {
  readonly #world: World
  readonly #keeper: Keeper
  readonly #kept: Map<string, Kept>
  readonly #tables = new Map<string, Timetable | ScheduleProblem>()
  readonly #queue: string[] = []
  #ticking: Promise<void> | null = null
  #working: Promise<void> | null = null
  #closed = false

  constructor(world: World, keeper: Keeper) {
    this.#world = world
    this.#keeper = keeper
    this.#kept = keeper.read()
  }

  /** Looks at the clock; what is due is queued, and runs one after the other. */
  tick(): Promise<void> {
    this.#ticking ??= this.#tick().finally(() => {
      this.#ticking = null
    })
    return this.#ticking
  }

  /** Resolves when nothing is due and no run of a schedule is at work. */
  async idle(): Promise<void> {
    while (this.#ticking || this.#working) await (this.#ticking ?? this.#working)
  }

  async turn(pipeline: string, on: boolean): Promise<void> {
    const before = this.#kept.get(pipeline)
    // Times that passed while it was off are nobody's.
    this.#kept.set(pipeline, { of: '', events: [], ...before, on, handled: this.#world.now(), due: null })
    await this.#save(pipeline)
  }

  /** A pipeline's file got another name. */
  async moved(from: string, to: string): Promise<void> {
    const kept = this.#kept.get(from)
    if (!kept) return
    this.#kept.delete(from)
    this.#kept.set(to, kept)
    await this.#save(to)
    this.#world.changed(from)
  }

  /** What is to be told of a pipeline's schedule; null where it has none and none is turned on. */
  async view(pipeline: string): Promise<ScheduleView | null> {
    const kept = this.#kept.get(pipeline)
    const schedule = await this.#world.schedule(pipeline)
    if (schedule === undefined || (schedule === null && !kept?.on)) return null
    const { cron = '', timeZone = usualZone, new: onlyNew = false } = schedule ?? {}
    const table = schedule && (await this.#table(schedule))
    const problem = !table
      ? 'The file has no schedule any more.'
      : 'part' in table
        ? `${table.message}. ${table.hint}`
        : null
    const on = kept?.on ?? false
    return {
      pipeline,
      cron,
      timeZone,
      new: onlyNew,
      words: sentenceOf(cron),
      on,
      next: on && table && 'next' in table ? table.next(this.#world.now()) : null,
      problem,
      // Of a run that went on without this server only its folder tells.
      events: (kept?.events ?? []).map((event) =>
        event.run !== null && event.status === null ? { ...event, status: this.#world.status(event.run) } : event,
      ),
    }
  }

  /** The pipelines that were turned on here, now or before. */
  known(): readonly string[] {
    return [...this.#kept.keys()]
  }

  /** Begins nothing more. */
  close(): void {
    this.#closed = true
    this.#queue.length = 0
  }

  async #tick(): Promise<void> {
    for (const [pipeline, kept] of this.#kept) {
      if (this.#closed) return
      if (kept.on) await this.#look(pipeline, kept)
    }
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
  }

  async #look(pipeline: string, kept: Kept): Promise<void> {
    const schedule = await this.#world.schedule(pipeline)
    const table = schedule && (await this.#table(schedule))
    if (!table || 'part' in table) return
    const now = this.#world.now()
    const of = `${table.cron} ${table.timeZone}`
    if (kept.of !== of || now < kept.handled - backMilliseconds) {
      // Another schedule, or another clock: what came before it says nothing.
      Object.assign(kept, { of, handled: now, due: null })
      return await this.#save(pipeline)
    }
    const left = kept.due !== null && !this.#queue.includes(pipeline) && !this.#busy(pipeline) ? [kept.due] : []
    const due = [...left, ...table.between(kept.handled, now, mostMissed)]
    const last = due.at(-1)
    if (last === undefined) return
    const late = due.filter((time) => now - time > lateMilliseconds)
    kept.handled = due.length < mostMissed ? Math.max(last, kept.handled) : now
    if (late.length > 0) this.#note(kept, { what: 'missed', due: last, message: missedText(late, table.timeZone) })
    const other = this.#busy(pipeline)
    if (other) {
      this.#note(kept, { what: 'skipped', due: last, message: `${inZone(last, table.timeZone)}: ${other}` })
    } else {
      kept.due = last
      this.#queue.push(pipeline)
    }
    await this.#save(pipeline)
  }

  /** Why a pipeline cannot begin now; null where it can. */
  #busy(pipeline: string): string | null {
    if (this.#queue.includes(pipeline)) return 'passed over, the time before it still waits for another pipeline'
    const run = this.#world.atWork(pipeline)
    return run === null ? null : `passed over, run ${run} is still at work`
  }

  /** One run after the other: each may take all the memory that a run takes. */
  async #work(): Promise<void> {
    for (let pipeline = this.#queue[0]; pipeline !== undefined; pipeline = this.#queue[0]) {
      const kept = this.#kept.get(pipeline)
      if (kept?.on && kept.due !== null) await this.#run(pipeline, kept, kept.due)
      else this.#queue.shift()
    }
  }

  async #run(pipeline: string, kept: Kept, due: number): Promise<void> {
    const schedule = await this.#world.schedule(pipeline)
    const zone = schedule?.timeZone ?? usualZone
    const began: Began = schedule
      ? await this.#world.start(pipeline, schedule).catch((error: Error) => ({ refused: error.message }))
      : { refused: 'The file has no schedule any more.' }
    if (this.#closed) return
    // From here the run's own folder says that it is there.
    kept.due = null
    this.#queue.shift()
    const when = inZone(due, zone)
    if (!('run' in began)) {
      const [what, why] =
        'nothing' in began ? (['nothing', began.nothing] as const) : (['refused', began.refused] as const)
      this.#note(kept, { what, due, message: `${when}: ${why}` })
      return await this.#save(pipeline)
    }
    const { run } = began
    this.#note(kept, { what: 'started', due, message: `${when}: run ${run}`, run })
    await this.#save(pipeline)
    const status = await this.#world.ended(run)
    kept.events = kept.events.map((event) => (event.run === run ? { ...event, status } : event))
    if (!this.#closed) await this.#save(pipeline)
  }

  #note(kept: Kept, event: Pick<ScheduleEvent, 'what' | 'due' | 'message'> & { readonly run?: string }): void {
    kept.events.unshift({ run: null, status: null, at: this.#world.now(), ...event })
    kept.events.length = Math.min(kept.events.length, mostEvents)
  }

  async #save(pipeline: string): Promise<void> {
    await this.#keeper.write(this.#kept).catch((error: Error) => {
      this.#world.log(`schedules cannot be kept: ${error.message}`)
    })
    this.#world.changed(pipeline)
  }

  async #table(schedule: PipelineSchedule): Promise<Timetable | ScheduleProblem> {
    const key = JSON.stringify([schedule.cron, schedule.timeZone])
    const table = this.#tables.get(key) ?? (await readTimetable(schedule))
    this.#tables.set(key, table)
    return table
  }
}
