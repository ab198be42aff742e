import { scheduleKeys } from './model.ts'
import { isObject, type JsonObject, type Reader } from './reader.ts'

/** Reads `settings.schedule`, by shape alone: whether it ever comes is asked of what knows calendars. */
export function readSchedule(settings: JsonObject, reader: Reader): void {
  const { schedule } = settings
  if (!isObject(schedule)) return
  reader.keys(schedule, ['settings', 'schedule'], scheduleKeys)
  reader.typed(schedule, 'timeZone', ['settings', 'schedule'], 'string')
  reader.typed(schedule, 'new', ['settings', 'schedule'], 'boolean')
}

/** Whether a value says when: the rest of it may be wrong on its own. */
export const isSchedule = (value: unknown): boolean => isObject(value) && typeof value['cron'] === 'string'
