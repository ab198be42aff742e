import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { deadLetterFile } from '../../engine/deadletters-reader.ts'
import { bytesOf } from '../../engine/prune.ts'
import type { Report } from '../../engine/report.ts'
import { processOf } from '../../engine/runask.ts'
import type { RunRecord } from '../../engine/runfolder.ts'
import type { RunStatus, RunView } from '../api/runs.ts'
import { countLines } from './countlines.ts'
import { lastRecord } from './ledgerend.ts'

/** What older versions did not write is not there. */
type Recorded = Omit<RunRecord, 'params' | 'origin' | 'draft' | 'replayOf' | 'rowsExpected'> & Partial<RunRecord>

/** How a child process of this server ended, which its folder cannot tell. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Ended at once because a reader wished it. */
  readonly killed?: boolean
}

/** A new run's folder is there a moment before its process's file. */
const startingMilliseconds = 5000

/**
 * A run as its folder tells it, whoever started it and whichever version wrote it; throws where the folder holds no
 * run. `edited` is the folder that the server edits, `exit` how the run's process ended where it was the server's.
 */
export function readRun(path: string, edited: string, exit?: Exit): RunView {
  const run = readJson<Recorded>(join(path, 'run.json'))
  const process = processOf(path)
  const report = readReport(path)
  const started = Date.parse(run.started)
  const starting =
    !existsSync(join(path, 'process.json')) && !exit && !report && Date.now() - started < startingMilliseconds
  const status = process || starting ? 'running' : statusOf(path, report)
  // A report of before a resume says nothing of the run as it is now.
  const valid = status === 'running' || status === 'unfinished' ? null : report
  const rejected = valid ? rejectedNow(path, valid) : 0
  const replayed = valid ? Math.max(0, valid.deadLetters.count - rejected) : 0
  return {
    id: basename(path),
    pipeline: idOf(run.pipeline, edited),
    file: run.pipeline,
    name: run.name || basename(run.pipeline, '.json'),
    status,
    started,
    origin: run.origin ?? process?.origin ?? 'terminal',
    draft: run.draft ?? false,
    params: run.params ?? {},
    seconds: valid?.seconds ?? null,
    rows: valid && { ...valid.rows, rejected: valid.rows.rejected - replayed },
    balanced: valid?.balanced ?? null,
    exitCode: valid?.exitCode ?? null,
    error: errorOf(status, valid, exit),
    rejected,
    replayed,
    rowsExpected: run.rowsExpected ?? null,
    replayOf: run.replayOf ?? null,
    bytes: status === 'running' ? null : bytesOf(path),
    folder: path,
  }
}

/** A pipeline's id: its place in the edited folder with slashes; null outside. */
export function idOf(file: string, edited: string): string | null {
  const inside = relative(edited, file)
  return inside.startsWith('..') || inside === '' ? null : inside.split(sep).join('/')
}

/** A run's report; null while it has none, or where a full disk left none that can be read. */
export function readReport(path: string): Report | null {
  try {
    return readJson<Report>(join(path, 'report.json'))
  } catch {
    return null
  }
}

/** Rows that are still rejected: those that a replay stored have left their file since the run ended. */
function rejectedNow(path: string, { deadLetters }: Report): number {
  if (deadLetters.count === 0) return 0
  const file = deadLetterFile(path)
  if (!existsSync(file)) return 0
  return modified(file) > modified(join(path, 'report.json')) ? countLines(file) : deadLetters.count
}

/** The report counts when nothing was recorded after it: a run that was taken up again and died has an old one. */
function statusOf(path: string, report: Report | null): RunStatus {
  const ledger = modified(join(path, 'ledger'))
  if (report && modified(join(path, 'report.json')) >= ledger) return report.status
  const last = ledger === 0 ? null : lastRecord(join(path, 'ledger'))
  return last?.type === 'end' ? (last.status as RunStatus) : 'unfinished' // the report's status, as the run wrote it
}

function errorOf(status: RunStatus, report: Report | null, exit: Exit | undefined): RunView['error'] {
  if (status === 'unfinished') return endedUnseen(exit)
  if (status !== 'failed') return null
  if (!report?.error)
    return { message: 'Row counts do not match.', hint: 'The log and the counts per node show where.' }
  const { message, hint, place } = report.error
  return { message, ...(hint && { hint }), ...(place.node && { node: place.node }) }
}

function endedUnseen(exit: Exit | undefined): RunView['error'] {
  const hint = 'Nothing is lost: Resume goes on from the last stored part.'
  if (exit?.killed) return { message: 'The run was killed.', hint }
  const how = exit?.signal === 'SIGKILL' ? 'killed, perhaps for want of memory' : (exit?.signal ?? codeOf(exit))
  return { message: `The run's process ended unexpectedly${how ? ` (${how})` : ''}.`, hint }
}

const codeOf = (exit: Exit | undefined): string => (exit?.code == null ? '' : `exit code ${exit.code}`)

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T // what a run of ours wrote

const modified = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
