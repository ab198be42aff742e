import type { SourceProbe } from '../../sdk/node.ts'
import type { LedgerRecord } from '../ledger.ts'
import type { Progress } from '../progress.ts'
import type { PlannedSplit } from '../runfolder.ts'
import type { FileChange } from '../versions.ts'

/** What a run leaves out from here on, as its ledger keeps it. */
export type Skipping = Extract<LedgerRecord, { type: 'skipped' }>

/** A file of which a run left out what was not stored when it was found to be another, or gone. */
export interface SkippedFile {
  readonly path: string
  /** The sources that read it. */
  readonly nodes: readonly string[]
  /** What was different about it. */
  readonly what: string
  /** Rows of it, as it was when the run started, that every sink has; null where they were not counted. */
  readonly rowsStored: number | null
  /** Rows of it that were left out; null where they were not counted. */
  readonly rowsSkipped: number | null
  /** Sinks that have rows besides those, which others do not have: they were stored there first. */
  readonly storedMore: readonly string[]
}

/** Leaves out of the parts that are not done those of changed files; null where no file is one. */
export function skipFiles(
  changes: readonly FileChange[],
  splits: readonly PlannedSplit[],
  progress: Progress,
): Skipping | null {
  if (changes.length === 0) return null
  const paths = new Set([...changes.map(({ path }) => path), ...progress.skipped.keys()])
  const open = splits.flatMap((_, at) => (progress.done.has(at) ? [] : [at]))
  const holding = (path: string) => open.filter((at) => splits[at]?.split.parts.some((part) => part.path === path))
  const isEmpty = (at: number) => {
    const parts = splits[at]?.split.parts ?? []
    return parts.length > 0 && parts.every((part) => paths.has(part.path))
  }
  return {
    type: 'skipped',
    files: changes.map(({ path, what }) => ({ path, what, splits: rangesOf(holding(path)) })),
    emptied: rangesOf(open.filter(isEmpty)),
  }
}

/** The splits as they are read after files were left out: one that is not done has no parts of them. */
export function withoutSkipped(splits: readonly PlannedSplit[], progress: Progress): PlannedSplit[] {
  if (progress.skipped.size === 0) return [...splits]
  return splits.map((planned, at) => {
    const parts = planned.split.parts.filter(({ path }) => !progress.skipped.get(path)?.splits.has(at))
    if (parts.length === planned.split.parts.length) return planned
    const { rows: _rows, sum: _sum, ...split } = planned.split
    const rows = sumOf(parts.map((part) => part.rows))
    return { ...planned, split: { ...split, parts, ...(rows !== null && { rows }) } }
  })
}

/** What became of the files that a run left out, for its report. `splits`: as they were planned. */
export function skippedFiles(
  splits: readonly PlannedSplit[],
  probes: { readonly [node: string]: Pick<SourceProbe, 'files'> | null },
  progress: Pick<Progress, 'skipped'>,
): SkippedFile[] {
  return [...progress.skipped].map(([path, { what, splits: left, storedMore }]) => {
    const rows = (isLeft: boolean) =>
      sumOf(
        splits.flatMap(({ split }, at) =>
          left.has(at) === isLeft ? split.parts.filter((part) => part.path === path).map((part) => part.rows) : [],
        ),
      )
    const nodes = Object.entries(probes).flatMap(([id, probe]) =>
      probe?.files?.some((file) => file.path === path) ? [id] : [],
    )
    return { path, nodes, what, rowsStored: rows(false), rowsSkipped: rows(true), storedMore: [...storedMore] }
  })
}

function sumOf(counts: readonly (number | undefined)[]): number | null {
  return counts.reduce<number | null>((sum, rows) => (sum === null || rows === undefined ? null : sum + rows), 0)
}

type Ranges = readonly (readonly [first: number, last: number])[]

/** Ascending numbers as ranges: a file may lie in thousands of splits. */
function rangesOf(numbers: readonly number[]): Ranges {
  const ranges: [first: number, last: number][] = []
  for (const number of numbers) {
    const range = ranges.at(-1)
    if (range && range[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges
}

/** Adds to what is known of a run that it leaves files out: what no sink has yet of them will not come. */
export function applySkipped(progress: Progress, { files, emptied }: Skipping): void {
  for (const { path, what, splits } of files) {
    const left = new Set(numbersIn(splits))
    const has = [...progress.committed].filter(([, had]) => [...left].some((split) => had.has(split)))
    progress.skipped.set(path, { what, splits: left, storedMore: new Set(has.map(([sink]) => sink)) })
  }
  for (const split of numbersIn(emptied)) {
    progress.done.add(split)
    // What waits for a node that needs all rows is not stored yet.
    for (const kept of progress.kept.values()) kept.delete(split)
  }
}

const numbersIn = (ranges: Ranges): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
