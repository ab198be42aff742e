import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { countRejected } from './deadletters-reader.ts'
import { listRuns, type RunSummary } from './runfolder.ts'
import { remember } from './stored/fold.ts'

export interface PruneOptions {
  /** Runs younger than so many days are kept; null: their age counts for nothing. */
  readonly days: number | null
  /** So many of a pipeline's newest runs are kept; null: their number counts for nothing. */
  readonly runs: number | null
  /** Whose runs, by the pipeline's file; all of the folder where it is missing. */
  readonly of?: (pipeline: string) => boolean
  readonly dryRun?: boolean
  /** Milliseconds since 1970. */
  readonly now: number
  /** Called for each pipeline before the first of its runs is removed. */
  readonly before?: (pipeline: string) => void
}

/** What is kept where nothing else is said. */
export const usualLimits = { days: 30, runs: 100 } as const

/** Why a run is kept, in the order in which it is looked for. */
export type KeptFor = 'running' | 'unfinished' | 'rejected' | 'replay' | 'latest' | 'runs' | 'days'

/** What became of one run, or would become of it. */
export interface PrunedRun {
  readonly id: string
  readonly pipeline: string
  readonly bytes: number
  /** Null: it is removed. */
  readonly keptFor: KeptFor | null
}

/**
 * Removes the runs that are old on every count that was given. Kept whatever their age: runs at work, those that can be
 * resumed, those with rejected rows, the replays of those and the runs that they replay, and each pipeline's latest run.
 */
export async function pruneRuns(state: string, options: PruneOptions): Promise<PrunedRun[]> {
  const runs = listRuns(state).filter(({ run }) => options.of?.(run.pipeline) ?? true)
  const kept = await reasonsToKeep(runs, options)
  const judged = runs.map(({ id, path, run }) => {
    return { id, path, pipeline: run.pipeline, bytes: bytesOf(path), keptFor: kept.get(id) ?? null }
  })
  if (!options.dryRun) {
    const gone = judged.filter(({ keptFor }) => keptFor === null)
    for (const pipeline of new Set(gone.map((one) => one.pipeline))) {
      // Which files they stored is known after them.
      remember(state, pipeline)
      options.before?.(pipeline)
    }
    for (const { path } of gone) removeRun(path)
    sweep(join(state, 'runs'), options.now)
  }
  return judged.map(({ path: _, ...rest }) => rest)
}

async function reasonsToKeep(
  runs: readonly RunSummary[],
  { days, runs: count, now }: PruneOptions,
): Promise<Map<string, KeptFor>> {
  const kept = new Map<string, KeptFor>()
  const keep = (id: string, why: KeptFor) => void (kept.has(id) || kept.set(id, why))
  const places = new Map<string, number>()
  for (const { id, path, run, status, finished } of runs) {
    if (status === 'running') keep(id, 'running')
    else if (!finished) keep(id, 'unfinished')
    else if ((await countRejected(path)) > 0) keep(id, 'rejected')
    // Runs come newest first.
    const place = places.get(run.pipeline) ?? 0
    if (finished) places.set(run.pipeline, place + 1)
    if (finished && place === 0) keep(id, 'latest')
    if (count !== null && place < count) keep(id, 'runs')
    if (days !== null && now - Date.parse(run.started) < days * 86_400_000) keep(id, 'days')
  }
  for (const { id, run } of runs) {
    // A replay is read beside the run whose rows it ran, and that one beside it.
    if (run.replayOf === null) continue
    const [root, own] = [kept.get(run.replayOf), kept.get(id)]
    if (own && own !== 'days' && own !== 'runs') keep(run.replayOf, 'replay')
    if (root === 'rejected' || root === 'unfinished' || root === 'running') keep(id, 'replay')
  }
  return kept
}

/** How large a folder is, all files in it together. */
export function bytesOf(path: string): number {
  try {
    const about = lstatSync(path)
    if (!about.isDirectory()) return about.size
    return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
  } catch {
    // It went in this moment.
    return 0
  }
}

/** Removes a run's folder: out of every list in one step, however long it takes to delete. */
export function removeRun(folder: string): void {
  const hidden = join(dirname(folder), `${removed}${basename(folder)}`)
  renameSync(folder, hidden)
  rmSync(hidden, { recursive: true, force: true })
}

const removed = '.removed-'
/** A folder that a start left half made is surely nobody's after a day. */
const abandonedMilliseconds = 86_400_000

/** Deletes what a crash left of runs: half removed, or half made. */
function sweep(runs: string, now: number): void {
  if (!existsSync(runs)) return
  for (const name of readdirSync(runs).filter((one) => one.startsWith('.'))) {
    const path = join(runs, name)
    const { mtimeMs } = lstatSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: now }
    if (name.startsWith(removed) || now - mtimeMs > abandonedMilliseconds)
      rmSync(path, { recursive: true, force: true })
  }
}
