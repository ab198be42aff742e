// Numbers are rounded for reading and exact on hover: each function here has its exact twin for `title`.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const full = new Intl.NumberFormat('en', { maximumFractionDigits: 20 })

/** A count or rate for reading: `2,502`, `12.4 k`, `1.2 M`; below 10 with one decimal. */
export function rounded(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return '–'
  if (size < 9.95) return fine.format(value)
  if (size < 9999.5) return whole.format(value)
  return scaled(value, 1000, ['', 'k', 'M', 'G', 'T'])
}

/** A number with all its digits: `12,408`. */
export const exact = (value: number): string => (Number.isFinite(value) ? full.format(value) : '–')

/** A rate: `310/s`; with a unit `310 rows/s`. */
export const perSecond = (value: number, unit = ''): string => `${rounded(value)}${unit && ` ${unit}`}/s`

/** Bytes for reading, in thousands: `812 B`, `1.2 GB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) < 999.5 ? `${whole.format(value)} B` : scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])
}

/** Bytes with all their digits: `1,204,331 bytes`. */
export const exactBytes = (value: number): string => `${exact(Math.round(value))} bytes`

/** A part of a whole, 0 to 1, in percent: `97 %`; what is not nothing and not all does not round to it. */
export function share(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value > 0 && value < 0.005) return '<1 %'
  if (value < 1 && value >= 0.995) return '>99 %'
  return `${whole.format(value * 100)} %`
}

/** A part of a whole with two decimals: `97.31 %`. */
export const exactShare = (value: number): string => (Number.isFinite(value) ? `${(value * 100).toFixed(2)} %` : '–')

/** How long something took: `38 ms`, `4.2 s`, `1 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 0.9995) return `${whole.format(seconds * 1000)} ms`
  if (seconds < 59.95) return `${fine.format(seconds)} s`
  const all = Math.round(seconds)
  if (all < 3600) return pair(Math.floor(all / 60), 'min', all % 60, 's')
  const minutes = Math.round(all / 60)
  if (minutes < 48 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** Seconds with three decimals: `80.214 s`. */
export const exactDuration = (seconds: number): string =>
  Number.isFinite(seconds) ? `${full.format(Math.round(seconds * 1000) / 1000)} s` : '–'

/** A running clock: `00:14`, `1:02:03`. */
export function clock(seconds: number): string {
  const all = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60]
  return `${hours ? `${hours}:` : ''}${two(minutes)}:${two(all % 60)}`
}

/** A moment (milliseconds since 1970) for reading: `14:03`, `yesterday 14:03`, `3 Nov 14:03`, `3 Nov 2025`. */
export function when(at: number, now: number = Date.now()): string {
  const [then, today] = [new Date(at), new Date(now)]
  const time = `${String(then.getHours()).padStart(2, '0')}:${String(then.getMinutes()).padStart(2, '0')}`
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate())
  const days = Math.ceil((midnight.getTime() - at) / 86_400_000)
  if (days <= 0) return time
  if (days === 1) return `yesterday ${time}`
  const date = `${then.getDate()} ${then.toLocaleString('en', { month: 'short' })}`
  return then.getFullYear() === today.getFullYear() ? `${date} ${time}` : `${date} ${then.getFullYear()}`
}

/** A moment to the second: `2026-11-03 14:03:09`. */
export function exactWhen(at: number): string {
  const then = new Date(at)
  return new Date(at - then.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let [rest, unit] = [value, 0]
  while (Math.abs(rest) >= step - 0.05 && unit < units.length - 1) [rest, unit] = [rest / step, unit + 1]
  return `${Math.abs(rest) < 99.95 ? fine.format(rest) : whole.format(rest)} ${units[unit]}`
}

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`
