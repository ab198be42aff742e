import { type ApiSchema, about, list, number, object, oneOf, orNull, ref, text, yes } from './schema.ts'

/** What schedules look like over REST. */
export const scheduleSchemas: { readonly [name: string]: ApiSchema } = {
  ScheduleEvent: object({
    what: oneOf('started', 'skipped', 'missed', 'refused', 'nothing'),
    at: number,
    due: number,
    message: text,
    run: orNull(text),
    status: orNull(oneOf('running', 'done', 'failed', 'stopped', 'unfinished')),
  }),
  Schedule: object({
    pipeline: text,
    cron: text,
    timeZone: text,
    new: yes,
    words: about(text, '“every day at 02:00”; empty where only its times say it.'),
    on: yes,
    next: orNull(number),
    problem: orNull(text),
    events: list(ref('ScheduleEvent')),
  }),
  TurnSchedule: object({ on: yes }),
  ScheduleTimes: object({
    words: text,
    next: list(number),
    problem: orNull(object({ part: oneOf('cron', 'timeZone'), message: text, hint: text })),
  }),
}
