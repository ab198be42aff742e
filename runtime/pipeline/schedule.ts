import { scheduleKeys } from './model.ts'
import { isObject, type JsonObject, type Reader } from './reader.ts'

/**
 * Reads `settings.schedule`, by shape alone: whether it ever comes is asked of what knows calendars. Gives the settings
 * with what of the schedule could be read: a time zone that is no text is a problem, and none to anybody else.
 */
export function readSchedule(settings: JsonObject, reader: Reader): JsonObject {
  const { schedule } = settings
  if (!isObject(schedule)) return settings
  const at = ['settings', 'schedule']
  reader.keys(schedule, at, scheduleKeys)
  const { timeZone: _, new: __, ...rest } = schedule
  const timeZone = reader.typed(schedule, 'timeZone', at, 'string')
  const onlyNew = reader.typed(schedule, 'new', at, 'boolean')
  const read = { ...rest, ...(timeZone !== undefined && { timeZone }), ...(onlyNew !== undefined && { new: onlyNew }) }
  const whole = Object.keys(read).length === Object.keys(schedule).length
  return whole ? settings : { ...settings, schedule: read }
}

/** Whether a value says when: the rest of it may be wrong on its own. */
export const isSchedule = (value: unknown): boolean => isObject(value) && typeof value['cron'] === 'string'
