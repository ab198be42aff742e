import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { MetricsReader } from '../engine/metricsreader.ts'
import type { Report } from '../engine/report.ts'
import { processOf } from '../engine/runask.ts'
import { type RunSummary, summarise } from '../engine/runfolder.ts'
import { fitsRecord, readPart } from '../engine/runparts.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import { givenState, stateFolder } from '../engine/statefolder.ts'
import { flowOf, recentSamples } from '../pipeline/live.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { findRun } from './findrun.ts'
import type { RunShape } from './livetable.ts'
import { styled } from './print.ts'
import { makeProgress } from './progress.ts'
import { near, printReport } from './summary.ts'

interface WatchFlags {
  readonly state?: string
  readonly json?: boolean
  readonly wait: number
}

const lookMilliseconds = 100

/**
 * `headrace watch`: follows a run at work, whoever started it, until it ends; returns the run's own exit code. Named are
 * a run's id or folder, or a pipeline's file; without a name it is the newest run at work here.
 */
export async function watch(which: string | undefined, flags: WatchFlags): Promise<number> {
  const path = await findWork(which, givenState(flags.state), flags.wait)
  const show = flags.json ? asLines() : await asProgress(path)
  // Whoever reads along may leave (`| head`): then there is nobody to watch for.
  const left = new AbortController()
  process.stdout.once('error', () => left.abort())
  show.begin(summarise(path))
  await follow(path, show.counters, left.signal)
  if (left.signal.aborted) return 0
  return show.end(summarise(path))
}

/** Hands on each sample until the run's process is gone, the last one included. */
async function follow(path: string, counters: (sample: Snapshot) => void, left: AbortSignal): Promise<void> {
  const reader = new MetricsReader(path)
  let shown = -1
  const look = () => {
    const sample = newest(reader)
    if (sample && sample.at !== shown) counters(sample)
    shown = sample?.at ?? shown
  }
  try {
    while (processOf(path) && !left.aborted) {
      look()
      await setTimeout(lookMilliseconds)
    }
    look()
  } finally {
    reader.close()
  }
}

/** The newest sample where there is a new one. A file that cannot be read in this moment is read at the next look. */
function newest(reader: MetricsReader): Snapshot | null {
  try {
    return reader.changed() ? reader.latest() : null
  } catch {
    return null
  }
}

interface Shown {
  readonly begin: (run: RunSummary) => void
  readonly counters: (sample: Snapshot) => void
  readonly end: (run: RunSummary) => number
}

/** One JSON object a line, as they come. */
function asLines(): Shown {
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
  let samples: readonly Snapshot[] = []
  return {
    begin: ({ id, path, run }) => {
      const { pipeline, name, started, origin, rowsExpected } = run
      say({ type: 'started', run: { id, folder: path, pipeline, name, started, origin, rowsExpected } })
    },
    counters: (sample) => {
      samples = recentSamples(samples, sample)
      say({ type: 'counters', ...sample, flow: flowOf(samples) })
    },
    end: (run) => {
      say({ type: 'ended', status: run.status, exitCode: exitCodeOf(run), report: reportOf(run) })
      return exitCodeOf(run)
    },
  }
}

async function asProgress(path: string): Promise<Shown> {
  const shape = shapeOf(path)
  const progress = await makeProgress(() => shape, process.stdout, { atOnce: true })
  return {
    begin: ({ id, run }) => process.stdout.write(styled('dim', `run ${id} of ${near(run.pipeline)}\n`)),
    counters: progress.show,
    end: (run) => {
      progress.end()
      const report = reportOf(run)
      if (report) printReport(report, process.stdout)
      else {
        process.stdout.write(
          `${styled('red', 'unfinished')}: the process of run ${run.id} went away\nGo on with: headrace resume ${near(run.path)}\n`,
        )
      }
      return exitCodeOf(run)
    },
  }
}

/** A report of before a resume says nothing of a run that went away. */
const reportOf = ({ status, report }: RunSummary): Report | null =>
  status === 'unfinished' ? null : (report as unknown as Report | null) // as the run wrote it

const exitCodeOf = (run: RunSummary): number => reportOf(run)?.exitCode ?? 1

/** Kinds of nodes and the rows to come, as the run's folder has them. */
function shapeOf(path: string): RunShape {
  const { nodes } = readPart<Pick<RunShape, 'nodes'>>(path, 'plan.json', fitsRecord)
  return { nodes, rowsExpected: summarise(path).run.rowsExpected }
}

/** The folder of the run that is meant; where it is to be found by being at work, one may start within `wait` seconds. */
async function findWork(which: string | undefined, state: string | undefined, wait: number): Promise<string> {
  const file = which !== undefined && existsSync(which) && statSync(which).isFile() ? resolve(which) : undefined
  if (which !== undefined && !file) return findRun(which, state, () => undefined)
  const until = performance.now() + wait * 1000
  let told = false
  for (;;) {
    const found = atWork(file, state)
    if (found) return found
    if (performance.now() > until) break
    if (!told) process.stderr.write(styled('dim', 'no run is at work yet; waiting for one\n', process.stderr))
    told = true
    await setTimeout(lookMilliseconds)
  }
  throw new HeadraceError('no-run', `no run ${file ? `of ${which}` : ''} is at work`.replace('  ', ' '), {
    hint: `Start one, or name it: headrace runs${file ? ` ${which}` : ''} lists the runs.`,
  })
}

function atWork(file: string | undefined, state: string | undefined): string | undefined {
  const states = file ? [stateFolder(file, state)] : state ? [state] : statesBelow(process.cwd(), 2)
  const names = states.flatMap((folder) => runFolders(folder)).sort((a, b) => (a.id < b.id ? 1 : -1))
  const found = names.find(({ path }) => processOf(path) && (!file || summarise(path).run.pipeline === file))
  return found?.path
}

/** Runs by the names of their folders: a look at each would read its whole ledger. */
function runFolders(state: string): { id: string; path: string }[] {
  const runs = join(state, 'runs')
  if (!existsSync(runs)) return []
  const names = readdirSync(runs).filter((name) => !name.startsWith('.'))
  return names.map((id) => ({ id, path: join(runs, id) }))
}

/** Where runs of the pipelines in a folder are kept, and of those in the folders below it. */
function statesBelow(folder: string, depth: number): string[] {
  const own = join(folder, '.headrace')
  const entries = depth > 0 ? readdirSync(folder, { withFileTypes: true }) : []
  const below = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
  return [own, ...below.flatMap(({ name }) => statesBelow(join(folder, name), depth - 1))]
}
