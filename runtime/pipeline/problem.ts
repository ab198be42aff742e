/** Where in a pipeline or its data something is wrong; every part is known or left out. */
export interface Place {
  readonly node?: string
  /** The setting's path inside the node's `config`: `columns.price`, `routes[2].where`. */
  readonly setting?: string
  readonly edge?: number
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** From 1; in a text, characters; never a table's column. */
  readonly position?: number
  /** The characters of the setting's text that are meant, from 0, half open. */
  readonly span?: readonly [start: number, end: number]
  readonly column?: string
  /** The row's number in its file, from 1, a header not counted. */
  readonly row?: number
  /** From 0. */
  readonly byte?: number
}

/** Something wrong that was found before a run: a value, never thrown. `error` stops a run, `warning` does not. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  /** Stable and short, for machines: `unknown-column`. */
  readonly code: string
  readonly message: string
  /** What to do, a sentence. */
  readonly hint?: string
  readonly place: Place
}

/** The one error class: what went wrong, where, with which numbers, and what to do. */
export class HeadraceError extends Error {
  readonly code: string
  readonly place: Place
  readonly hint: string | undefined
  /** A fault of the surroundings (network, disk, memory): retried, never a dead letter. */
  readonly fault: boolean
  /** Some rows of the call are the reason: it is halved until they are alone. */
  readonly ofRows: boolean

  constructor(
    code: string,
    message: string,
    options: { place?: Place; hint?: string; cause?: unknown; fault?: boolean; ofRows?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HeadraceError'
    this.code = code
    this.place = options.place ?? {}
    this.hint = options.hint
    this.fault = options.fault ?? false
    this.ofRows = options.ofRows ?? false
  }
}

/** The known name that is closest to a mistyped one (edit distance at most a third of its length), or null. */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    if (candidate.toLowerCase() === name.toLowerCase()) return candidate
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Edit distance in which two swapped neighbours count once; gives up with `limit` as soon as it cannot be below it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, (before[j - 2] as number) + 1)
      next.push(least)
    }
    // A swap reaches two rows back, so both must be too far.
    if (Math.min(...next) >= limit && Math.min(...row) >= limit) return limit
    before = row
    row = next
  }
  return row[b.length] as number
}
