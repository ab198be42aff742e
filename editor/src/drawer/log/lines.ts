import type { LogLine } from '@headrace/runtime/api'

/** The levels, least first. */
export const levels = ['debug', 'info', 'warn', 'error'] as const

/** Lines kept on the page; the whole log is in the run's folder. */
export const mostLines = 5000

/** Lines of a level and above that have a text in them. */
export function linesOf(lines: readonly LogLine[], level: LogLine['level'], filter: string): LogLine[] {
  const least = levels.indexOf(level)
  const wanted = filter.trim().toLowerCase()
  return lines.filter(
    (line) =>
      levels.indexOf(line.level) >= least &&
      (wanted === '' || line.message.toLowerCase().includes(wanted) || line.node?.toLowerCase().includes(wanted)),
  )
}

/** The lines with new ones behind them; those that came both ways stand once. */
export function joined(before: readonly LogLine[], more: readonly LogLine[]): LogLine[] {
  const last = before.at(-1)
  if (!last) return more.slice(-mostLines)
  const key = ({ at, level, message, node }: LogLine) => `${at} ${level} ${node ?? ''} ${message}`
  // Only the lines of the last moment can have come twice.
  const known = new Set(before.filter(({ at }) => at >= (more[0]?.at ?? '')).map(key))
  return [...before, ...more.filter((line) => !known.has(key(line)))].slice(-mostLines)
}

/** The time of a line to the millisecond: `14:03:09.120`. */
export function timeOf({ at }: LogLine): string {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return at
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = `${two(moment.getSeconds())}.${String(moment.getMilliseconds()).padStart(3, '0')}`
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${seconds}`
}
