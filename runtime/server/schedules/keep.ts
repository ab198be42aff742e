import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../../pipeline/shape.ts'
import type { ScheduleEvent } from '../api/schedules.ts'
import { writeWhole } from '../pipelines/atomic.ts'

/** What is known of a pipeline's schedule on this machine. */
export interface Kept {
  on: boolean
  /** The expression and zone that `handled` is about. */
  of: string
  /** Every time up to this one was looked at. */
  handled: number
  /** A time whose run is about to begin: after a crash it is still to be run. */
  due: number | null
  /** Newest first. */
  events: ScheduleEvent[]
}

/** Where schedules are kept between two starts of the server. */
export interface Keeper {
  readonly read: () => Map<string, Kept>
  readonly write: (schedules: ReadonlyMap<string, Kept>) => Promise<void>
}

/** Keeps schedules in a file of the server's own folder. */
export function keeper(own: string): Keeper {
  const file = join(own, 'schedules.json')
  return {
    read: () => {
      try {
        const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
        return new Map(
          isRecord(value) ? Object.entries(value).filter((entry): entry is [string, Kept] => isKept(entry[1])) : [],
        )
      } catch {
        return new Map()
      }
    },
    write: (schedules) => writeWhole(file, `${JSON.stringify(Object.fromEntries(schedules), null, 1)}\n`, 0o600),
  }
}

function isKept(value: unknown): value is Kept {
  if (!isRecord(value)) return false
  const { on, of, handled, due, events } = value
  return (
    typeof on === 'boolean' &&
    typeof of === 'string' &&
    typeof handled === 'number' &&
    (due === null || typeof due === 'number') &&
    Array.isArray(events)
  )
}
