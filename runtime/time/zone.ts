/** Whether the machine's calendar data know a zone's name. */
export function isZone(zone: string): boolean {
  try {
    offsetAt(zone, 0)
    return true
  } catch {
    return false
  }
}

const utc = /^(utc|z|gmt|etc\/utc|[+-]00:?00)$/i
const fixed = /^([+-])(\d\d):?(\d\d)$/

/** Seconds east of UTC of a zone at a second since 1970: `UTC`, `+02:00` or a name of the IANA list; throws for others. */
function offsetAt(zone: string, seconds: number): number {
  if (utc.test(zone)) return 0
  const written = fixed.exec(zone)
  if (written) return (written[1] === '-' ? -1 : 1) * (Number(written[2]) * 3600 + Number(written[3]) * 60)
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' })
    formatters.set(zone, formatter)
  }
  const shown = formatter.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours = '0', minutes = '0', rest = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(shown) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest))
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/**
 * Seconds east of UTC of a zone at a second since 1970. Names are looked up once for each quarter of an hour, the finest
 * step of any zone, as a look-up takes microseconds.
 */
export function zoneOffset(zone: string | null, seconds: number): number {
  if (zone === null || utc.test(zone)) return 0
  const quarter = Math.floor(seconds / 900)
  let offsets = zones.get(zone)
  if (!offsets) zones.set(zone, (offsets = new Map()))
  let offset = offsets.get(quarter)
  if (offset === undefined) {
    if (offsets.size > 100_000) offsets.clear()
    offsets.set(quarter, (offset = offsetAt(zone, quarter * 900)))
  }
  return offset
}

const zones = new Map<string, Map<number, number>>()

/**
 * From a zone's local seconds (as if they were UTC) to seconds since 1970 in UTC. A local time that comes twice is the
 * earlier one, a time that the clock skips moves on by what was skipped.
 */
export function utcFromLocal(zone: string): (local: number) => number {
  // Asking costs microseconds, and most days have one offset from end to end.
  const days = new Map<number, number>()
  return (local) => {
    const day = Math.floor(local / 86400)
    let known = days.get(day)
    if (known === undefined) {
      // Every zone is within a day of UTC, so three days' offsets cover the local day.
      const before = offsetAt(zone, (day - 1) * 86400)
      known = before === offsetAt(zone, (day + 2) * 86400) ? before : Number.NaN
      days.set(day, known)
    }
    if (!Number.isNaN(known)) return local - known
    const early = offsetAt(zone, local - 86400)
    const late = offsetAt(zone, local + 86400)
    const candidates = [early, late].filter((offset) => offsetAt(zone, local - offset) === offset)
    return local - (candidates[0] ?? early)
  }
}
