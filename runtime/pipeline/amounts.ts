const units: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Bytes from a number or a text: `1048576`, `"512MB"`, `"1.5 GiB"`; null where it is neither. */
export function readBytes(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : null
  if (typeof value !== 'string') return null
  const [, number, unit = ''] = /^\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*$/.exec(value) ?? []
  const factor = unit === '' ? 1 : units[unit.toLowerCase()]
  if (number === undefined || factor === undefined) return null
  const bytes = Math.round(Number(number) * factor)
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null
}

/** The least memory that a run takes: with a few bytes every row would be too large, and a forgotten unit would reject them all. */
export const leastMemory = 1e6

/** Most rejected rows: a count, or a share of the rows read. */
export type ErrorLimit = { readonly rows: number } | { readonly share: number }

/** An error limit from `500`, `"500"` or `"10%"`; null where it is none of these. */
export function readErrorLimit(value: unknown): ErrorLimit | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? { rows: value } : null
  if (typeof value !== 'string') return null
  const [, number, percent] = /^\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*$/.exec(value) ?? []
  if (number === undefined) return null
  if (percent) return Number(number) <= 100 ? { share: Number(number) / 100 } : null
  return readErrorLimit(Number(number))
}

const spans: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/** Milliseconds from a number of seconds or a text: `30`, `"500ms"`, `"2m"`; null where it is neither. */
export function readDuration(value: unknown): number | null {
  const [, number, unit = 's'] = /^\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|min|h)?\s*$/.exec(String(value)) ?? []
  if (number === undefined || (typeof value !== 'number' && typeof value !== 'string')) return null
  const milliseconds = Math.round(Number(number) * (spans[unit] as number))
  return Number.isSafeInteger(milliseconds) && milliseconds > 0 ? milliseconds : null
}
