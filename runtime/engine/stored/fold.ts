import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { processDisk } from '../../disk/index.ts'
import type { SourceProbe } from '../../sdk/node.ts'
import { decodeLedger } from '../ledger.ts'
import { type Progress, progressOf } from '../progress.ts'
import { skippedFiles } from '../resume/skip.ts'
import type { PlannedSplit, RunRecord } from '../runfolder.ts'
import type { FileVersion } from '../versions.ts'
import {
  emptyMemory,
  type Memory,
  memoryFile,
  readMemory,
  type StoredFile,
  samePipeline,
  writeMemory,
} from './memory.ts'

/**
 * What the completed runs of a pipeline have stored: what was written down, and the runs that ended since. A process
 * that was killed between its run's end and its writing leaves the run's folder, which says the same.
 */
export function recall(state: string, pipeline: string): Memory {
  const kept = readMemory(memoryFile(state, pipeline)) ?? emptyMemory
  return completedRuns(state, pipeline, new Set(kept.runs)).reduce(withRun, kept)
}

/** Writes down what the completed runs of a pipeline have stored: before a run's folder is removed, and when one ends. */
export function remember(state: string, pipeline: string, change: (memory: Memory) => Memory = (same) => same): void {
  const memory = change(recall(state, pipeline))
  if (memory.runs.length > 0) writeMemory(processDisk().now, state, pipeline, memory)
}

/** As `remember`, at the end of a run: what a full disk keeps from being written is in the run's folder, too. */
export function noteStored(state: string, pipeline: string): void {
  try {
    remember(state, pipeline)
  } catch {
    // The next run reads it there.
  }
}

interface Completed {
  readonly folder: string
  readonly run: RunRecord
  readonly ended: number
  /** Files that it left out, by path. */
  readonly skipped: Progress['skipped']
}

/** In the order in which they ended: an older run may have been taken up again after a younger one. */
function completedRuns(state: string, pipeline: string, known: ReadonlySet<string>): Completed[] {
  const runs = join(state, 'runs')
  const names = existsSync(runs) ? readdirSync(runs) : []
  return names
    .filter((name) => !name.startsWith('.') && !known.has(name))
    .flatMap((name) => completed(join(runs, name), pipeline))
    .sort((a, b) => a.ended - b.ended || a.run.now - b.run.now)
}

function completed(folder: string, pipeline: string): Completed[] {
  const ledger = join(folder, 'ledger')
  try {
    const run = readJson(folder, 'run.json') as RunRecord // as the run wrote it
    if (!samePipeline(run.pipeline, pipeline)) return []
    const { records } = decodeLedger(readFileSync(ledger, 'utf8'))
    const end = records.at(-1)
    if (end?.type !== 'end' || end.status !== 'done') return []
    const { skipped } = progressOf(records)
    return [{ folder, run, ended: statSync(ledger).mtimeMs, skipped }]
  } catch {
    // No run, one without a row, or one that somebody damaged: it has stored nothing that could be known.
    return []
  }
}

const readJson = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))

/** What is known after one more run. A replay adds no files: its rows are of files that its run had read. */
function withRun(memory: Memory, { folder, run, skipped }: Completed): Memory {
  const runs = [...memory.runs, run.id]
  const read = run.replayOf ? null : filesOf(folder, run, skipped)
  if (!read) return { ...memory, runs }
  // A run that put its output in the place of another has stored its own files and none else.
  const files = new Map(run.adds ? memory.files : [])
  for (const [now, before] of Object.entries(run.selection?.renamed ?? {})) {
    files.set(now, files.get(before) ?? new Map())
    files.delete(before)
  }
  for (const [source, some] of read) {
    const all = new Map(files.get(source))
    for (const file of some) all.set(file.path, file)
    files.set(source, all)
  }
  for (const [source, paths] of Object.entries(run.selection?.gone ?? {})) {
    const all = new Map(files.get(source))
    for (const path of paths) all.delete(path)
    files.set(source, all)
  }
  const says = run.makes && (!run.selection || run.selection.settles) && run.limit === null
  return { runs, files, makes: says ? (run.makes ?? null) : memory.makes }
}

/** Null where the run's folder does not say it any more. */
function filesOf(folder: string, run: RunRecord, skipped: Progress['skipped']): Map<string, StoredFile[]> | null {
  try {
    return readWhole(folder, run, skipped)
  } catch {
    return null
  }
}

/**
 * By source the files that a run read from their first row to their last, and those that it had stored some of when it
 * found them to be others.
 */
function readWhole(folder: string, run: RunRecord, skipped: Progress['skipped']): Map<string, StoredFile[]> {
  const probes = readJson(folder, 'probes.json') as Record<string, SourceProbe | null>
  const { nodes } = readJson(folder, 'plan.json') as { nodes: { id: string; kind: string }[] }
  const versions = new Map((readJson(folder, 'files.json') as FileVersion[]).map((file) => [file.path, file]))
  const splits = readJson(folder, 'splits.json') as PlannedSplit[]
  const beside = new Set(run.selection?.whole ?? [])
  const read = new Map<string, StoredFile[]>()
  for (const { id, kind } of nodes) {
    if (kind !== 'source' || beside.has(id)) continue
    const own = splits.filter(({ source }) => source === id)
    const cut = run.limit === null ? new Set<string>() : cutFiles(own, run.limit)
    const rows = rowsByFile(own)
    const left = new Map(skippedFiles(splits, probes, { skipped }).map((file) => [file.path, file]))
    const files = (probes[id]?.files ?? []).flatMap(({ path }): StoredFile[] => {
      const version = versions.get(path)
      if (!version || cut.has(path)) return []
      const part = left.get(path)
      const whole = { ...version, run: run.id, rows: part ? part.rowsStored : (rows.get(path) ?? null) }
      if (!part || skipped.get(path)?.splits.size === 0) return [whole]
      // Nothing of it is stored: it is what it was before this run.
      if (part.rowsStored === 0 && part.storedMore.length === 0) return []
      return [{ ...whole, partly: true }]
    })
    read.set(id, files)
  }
  return read
}

/** Files that are not known to be read whole where a source gave its first rows only. */
function cutFiles(splits: readonly PlannedSplit[], limit: number): Set<string> {
  const cut = new Set<string>()
  let read = 0
  for (const { split } of splits) {
    for (const { path, rows } of split.parts) {
      read += rows ?? Number.POSITIVE_INFINITY
      if (read > limit) cut.add(path)
    }
  }
  return cut
}

function rowsByFile(splits: readonly PlannedSplit[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { split } of splits)
    for (const { path, rows } of split.parts) found.set(path, (found.get(path) ?? 0) + (rows ?? Number.NaN))
  return new Map([...found].filter(([, rows]) => !Number.isNaN(rows)))
}
