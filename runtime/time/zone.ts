/** Whether the machine's calendar data know a zone's name. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/**
 * From a zone's local seconds (as if they were UTC) to seconds since 1970 in UTC. A local time that comes twice is the
 * earlier one, a time that the clock skips moves on by what was skipped.
 */
export function utcFromLocal(zone: string): (local: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const offsetAt = (utc: number): number => {
    const parts = Object.fromEntries(format.formatToParts(utc * 1000).map((part) => [part.type, part.value]))
    const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year'])
    const local = new Date(0)
    local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']))
    local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']))
    return local.getTime() / 1000 - utc
  }
  // Asking costs microseconds, and most days have one offset from end to end.
  const days = new Map<number, number>()
  return (local) => {
    const day = Math.floor(local / 86400)
    let known = days.get(day)
    if (known === undefined) {
      // Every zone is within a day of UTC, so three days' offsets cover the local day.
      const before = offsetAt((day - 1) * 86400)
      known = before === offsetAt((day + 2) * 86400) ? before : Number.NaN
      days.set(day, known)
    }
    if (!Number.isNaN(known)) return local - known
    const early = offsetAt(local - 86400)
    const late = offsetAt(local + 86400)
    const candidates = [early, late].filter((offset) => offsetAt(local - offset) === offset)
    return local - (candidates[0] ?? early)
  }
}
