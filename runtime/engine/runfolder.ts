import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Disk, type DiskNow, processDisk, syncFileNow, writeFileNow } from '../disk/index.ts'
import type { RunNames } from '../pipeline/params/resolve.ts'
import type { ParamValue } from '../pipeline/params/value.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Json, Split } from '../sdk/node.ts'
import { decodeLedger } from './ledger.ts'
import type { LetterRange } from './replay/letters.ts'
import type { Report } from './report.ts'
import type { BesideFile } from './resume/beside.ts'
import { damaged, fitsFiles, fitsRecord, fitsRun, fitsSplits, readPart } from './runparts.ts'
import { processOf, type RunOrigin } from './runprocess.ts'
import { makeLastingStateFolder, noStateFolder } from './statefolder.ts'
import type { Makes } from './stored/makes.ts'
import type { Selection } from './stored/selection.ts'
import type { FileVersion } from './versions.ts'

/** What a run is, written once when it starts. */
export interface RunRecord {
  readonly id: string
  /** The pipeline's file. */
  readonly pipeline: string
  readonly name: string
  readonly started: string
  readonly now: number
  readonly set: readonly string[]
  /** What the pipeline's parameters were; a run that is taken up again, or replayed, has the same. */
  readonly params: { readonly [name: string]: ParamValue }
  /** Its sinks keep the rows' identities as a column; absent in runs of older versions, which did not. */
  readonly lineage?: boolean
  /** What `run.id` and `run.date` meant; absent in runs of older versions. */
  readonly names?: RunNames
  readonly limit: number | null
  readonly workers: number | null
  readonly memory: number
  /** What makes rows and where they go: an unfinished run refuses another. */
  readonly digests: { readonly [node: string]: string }
  /** Of the code of nodes whose files lie beside the pipeline; absent in runs of older versions. */
  readonly codes?: { readonly [node: string]: string }
  readonly edges: readonly string[]
  readonly fingerprints: { readonly [node: string]: Json }
  /** Who started it. */
  readonly origin: RunOrigin
  /** The text that ran is a draft's, not the file's. */
  readonly draft: boolean
  /** The run whose rejected rows it runs again. */
  readonly replayOf: string | null
  /** Source rows, where every source knows them. */
  readonly rowsExpected: number | null
  readonly replay?: ReplayRecord
  /** Which files it was asked for; absent: all. */
  readonly selection?: Selection
  /** What made its rows, and whether its outputs were added to: for runs over what is new. */
  readonly makes?: Makes
  readonly adds?: boolean
}

/** What a replay was made from. */
export interface ReplayRecord {
  /** Digests of the pipeline as the first run had it, and as the replay has it. */
  readonly before: string
  readonly after: string
  /** Rows that each node had let out before: what counts rows goes on from there. */
  readonly outBefore: { readonly [node: string]: number }
}

/** A split of the run, in order. */
export interface PlannedSplit {
  readonly source: string
  readonly split: Split
  /** In a replay: the rejected rows that enter `source`, which is then any node. */
  readonly letters?: LetterRange
}

export interface RunFolder {
  readonly path: string
  readonly run: RunRecord
}

/** `20261123-204800-3f9a1c`: sorts by time, by the milliseconds too, which are the first three digits of the last part. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  const milliseconds = now.getUTCMilliseconds().toString(16).padStart(3, '0')
  return `${stamp}-${milliseconds}${randomBytes(2).toString('hex').slice(1)}`
}

/**
 * Makes a run's folder under a name that starts with a dot and renames it into place when pipeline, record, file
 * versions and splits are in it: before that there is no run.
 */
export function createRunFolder(
  state: string,
  run: RunRecord,
  parts: {
    text: string
    plan: unknown
    probes: unknown
    files: readonly FileVersion[]
    /** Files that nodes read besides the rows. */
    beside?: readonly BesideFile[]
    splits: readonly PlannedSplit[]
    /** Files that are moved into the folder, by their names there. */
    moved?: { readonly [name: string]: string }
  },
  disk: Disk = processDisk(),
): RunFolder {
  const here = disk.now.at('run.create')
  const runs = makeLastingStateFolder(here, state, 'runs')
  const hidden = join(runs, `.${run.id}`)
  const path = join(runs, run.id)
  const write = (name: string, text: string) => writeFileNow(here, join(hidden, name), text)
  try {
    here.makeFolder(join(hidden, 'work'))
    write('pipeline.json', parts.text)
    write('run.json', JSON.stringify(run, null, 2))
    write('plan.json', JSON.stringify(parts.plan))
    write('probes.json', JSON.stringify(parts.probes))
    write('files.json', JSON.stringify(parts.files))
    write('beside.json', JSON.stringify(parts.beside ?? []))
    write('splits.json', JSON.stringify(parts.splits))
    for (const [name, from] of Object.entries(parts.moved ?? {})) {
      syncFileNow(here, from)
      here.rename(from, join(hidden, name))
    }
    here.syncFolder(hidden)
    here.rename(hidden, path)
    here.syncFolder(runs)
  } catch (error) {
    removeIfPossible(here, [hidden, path])
    throw noStateFolder(state, error)
  }
  return { path, run }
}

/** A run that was not begun whole is none. */
function removeIfPossible(disk: DiskNow, folders: readonly string[]): void {
  try {
    for (const folder of folders) disk.removeTree(folder)
  } catch {
    // The disk fails: what it said first is told.
  }
}

export function readRunFolder(
  path: string,
): RunFolder & { files: FileVersion[]; splits: PlannedSplit[]; text: string } {
  if (!existsSync(join(path, 'run.json')))
    throw new HeadraceError('no-run', `there is no run in ${path}`, { hint: 'headrace runs lists the runs.' })
  return {
    path,
    run: readRecord(path),
    files: readPart<FileVersion[]>(path, 'files.json', fitsFiles),
    splits: readPart<PlannedSplit[]>(path, 'splits.json', fitsSplits),
    text: readText(path, 'pipeline.json'),
  }
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(join(path, name), 'utf8')
  } catch (cause) {
    throw damaged(path, name, 'it is gone', cause)
  }
}

/** A run's record; one of an older version has what was true then. */
export function readRecord(path: string): RunRecord {
  const old = { params: {}, origin: 'terminal', draft: false, replayOf: null, rowsExpected: null }
  // Of every version; a record without them was damaged, and is compared as one that had none.
  const made = { set: [], digests: {}, edges: [], fingerprints: {} }
  return { ...old, ...made, ...readPart<RunRecord>(path, 'run.json', fitsRun) }
}

export interface RunSummary {
  readonly id: string
  readonly path: string
  readonly run: RunRecord
  /** `unfinished` where the process went away. */
  readonly status: 'running' | 'done' | 'failed' | 'stopped' | 'unfinished'
  readonly finished: boolean
  /** The sinks that have, or may have, rows of it. */
  readonly committed: readonly string[]
  readonly report: Json | null
}

/** All runs below a state folder, newest first. */
export function listRuns(state: string): RunSummary[] {
  const runs = join(state, 'runs')
  if (!existsSync(runs)) return []
  return readdirSync(runs)
    .filter((name) => !name.startsWith('.') && existsSync(join(runs, name, 'run.json')))
    .map((name) => summarise(join(runs, name)))
    .sort((a, b) => compare(b.run.started, a.run.started) || compare(b.id, a.id))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export function summarise(path: string): RunSummary {
  const run = readRecord(path)
  const ledger = join(path, 'ledger')
  const records = existsSync(ledger) ? decodeLedger(readFileSync(ledger, 'utf8')).records : []
  const end = records.at(-1)
  const report = join(path, 'report.json')
  const ended = end?.type === 'end' ? (end.status as Report['status']) : null // the report's status, as the run wrote it
  // A run that was taken up again has no report until it ends again.
  const valid = ended === 'done' || existsSync(report) ? ended : null
  return {
    id: basename(path),
    path,
    run,
    status: processOf(path) ? 'running' : (valid ?? 'unfinished'),
    finished: ended === 'done',
    committed: [
      ...new Set(
        records.flatMap((record) => (record.type === 'commit' || record.type === 'intent' ? [record.sink] : [])),
      ),
    ],
    report: existsSync(report) ? readPart<Json>(path, 'report.json', fitsRecord) : null,
  }
}
