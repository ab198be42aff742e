/** A moment as the clocks of a zone show it: `2026-11-25 02:00`. */
export function inZone(time: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return format.format(time)
}

/** Says which times were missed: the server was not at work then. */
export function missedText(times: readonly number[], timeZone: string): string {
  const first = inZone(times[0] ?? 0, timeZone)
  if (times.length === 1) return `Missed ${first}: the server was not at work then. It runs now.`
  const count = times.length >= 1000 ? 'more than 1,000' : String(times.length)
  return `Missed ${count} times since ${first}: the server was not at work then. It runs once, now.`
}
