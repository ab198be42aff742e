import type { Pipeline } from '../pipeline/model.ts'
import { type Positions, placeAt } from '../pipeline/positions.ts'
import type { Problem } from '../pipeline/problem.ts'

/** What is wrong with a pipeline's schedule; calendars are loaded only where there is one. */
export async function scheduleProblems({ settings }: Pipeline, positions: Positions): Promise<Problem[]> {
  if (!settings.schedule) return []
  const { readTimetable } = await import('../schedule/timetable.ts')
  const read = await readTimetable(settings.schedule)
  if (!('part' in read)) return []
  const { part, message, hint } = read
  const place = placeAt(positions, ['settings', 'schedule', part])
  return [{ severity: 'error', code: 'bad-schedule', message: `settings.schedule.${part}: ${message}`, hint, place }]
}
