import type { RunStatus } from './runs.ts'

/**
 * What a schedule did: began a run, passed a time over because a run was at work, noticed times that it had missed, was
 * refused a run, or found nothing to do.
 */
export interface ScheduleEvent {
  readonly what: 'started' | 'skipped' | 'missed' | 'refused' | 'nothing'
  /** When it happened, and the time that it was due; milliseconds since 1970. */
  readonly at: number
  readonly due: number
  /** A sentence. */
  readonly message: string
  readonly run: string | null
  /** How that run ended; null while it is at work. */
  readonly status: RunStatus | null
}

/** GET /api/schedules: a pipeline of the folder whose file has a schedule, or had one when it was turned on. */
export interface ScheduleView {
  readonly pipeline: string
  readonly cron: string
  readonly timeZone: string
  readonly new: boolean
  /** "every day at 02:00"; empty where only its times say it. */
  readonly words: string
  /** Turned on here: PUT /api/schedules/:id { on }. */
  readonly on: boolean
  /** The next time; null where it is off, or has a problem. */
  readonly next: number | null
  readonly problem: string | null
  /** Newest first. */
  readonly events: readonly ScheduleEvent[]
}

/** GET /api/schedules/times?cron=…&timeZone=…: what a schedule means, before it is written. */
export interface ScheduleTimes {
  readonly words: string
  /** The next three times. */
  readonly next: readonly number[]
  readonly problem: { readonly part: 'cron' | 'timeZone'; readonly message: string; readonly hint: string } | null
}
