import type { PipelineSchedule } from '../pipeline/model.ts'
import { nearest } from '../pipeline/problem.ts'

/** When a pipeline is due. All times are milliseconds since 1970. */
export interface Timetable {
  readonly cron: string
  readonly timeZone: string
  /** The first time after a moment; null where there is none. */
  readonly next: (after: number) => number | null
  /** The times after a moment, up to and with another, the first `most` of them. */
  readonly between: (after: number, until: number, most: number) => readonly number[]
}

/** What is wrong with a schedule, and with which part of it. */
export interface ScheduleProblem {
  readonly part: 'cron' | 'timeZone'
  readonly message: string
  readonly hint: string
}

/** Where a schedule names no zone: one file means one time on every machine. */
export const usualZone = 'UTC'

const help = 'Write minute, hour, day of the month, month and day of the week: "0 2 * * *" is every day at 02:00.'

/** Reads a schedule; what is wrong with it where it cannot be, or never comes. */
export async function readTimetable(schedule: PipelineSchedule): Promise<Timetable | ScheduleProblem> {
  const { cron: text, timeZone = usualZone } = schedule
  if (!isZone(timeZone)) {
    const meant = nearest(timeZone, Intl.supportedValuesOf('timeZone'))
    const hint = meant ? `Did you mean "${meant}"?` : 'Write a name like "Europe/Berlin", or "UTC".'
    return { part: 'timeZone', message: `there is no time zone "${timeZone}"`, hint }
  }
  const wrong = (why: string): ScheduleProblem => ({
    part: 'cron',
    message: `"${text}" is no schedule${why}`,
    hint: hintFor(text),
  })
  const parts = text.trim().split(/\s+/)
  // The library also takes dates, seconds and years.
  if (!text.trim().startsWith('@') && parts.length !== 5)
    return wrong(`: it has ${parts[0] === '' ? 0 : parts.length} of the five parts`)
  const { Cron } = await import('croner')
  try {
    const cron = new Cron(text.trim(), { timezone: timeZone, mode: '5-part', paused: true })
    const next = (after: number) => cron.nextRun(new Date(after))?.getTime() ?? null
    if (next(Date.now()) === null)
      return { part: 'cron', message: `"${text}" never comes: no such day is in any year`, hint: hintFor(text) }
    return { cron: text.trim(), timeZone, next, between: (after, until, most) => listed(next, after, until, most) }
  } catch (error) {
    return wrong(`: ${inOurWords((error as Error).message)}`)
  }
}

const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function listed(next: Timetable['next'], after: number, until: number, most: number): number[] {
  const times: number[] = []
  for (let time = next(after); time !== null && time <= until && times.length < most; time = next(time))
    times.push(time)
  return times
}

const inOurWords = (message: string): string =>
  message
    .replace(/^Cron\w+: /, '')
    .replace(/, exactly five.*$/, '')
    .replace(/^I/, 'i')

const nicknames = ['@hourly', '@daily', '@weekly', '@monthly', '@yearly', '@annually', '@midnight']

function hintFor(text: string): string {
  const meant = text.trim().startsWith('@') ? nearest(text.trim().toLowerCase(), nicknames) : null
  return meant ? `Did you mean "${meant}"?` : help
}
