import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkFile } from '../../catalogue/check.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import type { Problem } from '../../pipeline/problem.ts'
import { cores } from '../../plan/machine.ts'
import { decodeLedger } from '../ledger.ts'
import { refuseOtherLineage } from '../lineage.ts'
import { absolutePath, hasErrors, type Preparation, planOf, warmFor, withSecrets } from '../prepare.ts'
import { type Progress, progressOf } from '../progress.ts'
import { recordedParams } from '../recorded.ts'
import { type RunRecord, readRunFolder } from '../runfolder.ts'
import { fitsFiles, readPart } from '../runparts.ts'
import { refuseStoredSince } from '../unfinished.ts'
import { changedFiles, type FileChange } from '../versions.ts'
import { type BesideFile, besideChanges } from './beside.ts'
import { changesSince } from './changes.ts'
import { frozenProbes, looksAgain, probesOf } from './frozen.ts'
import { skipFiles } from './skip.ts'
import { anewCommand } from './words.ts'

export interface ResumeOptions {
  readonly signal?: AbortSignal
  /** Go on without what is not yet stored of files that are others now, or gone. */
  readonly skipChanged?: boolean
}

/** Takes an unfinished run up again; what is not as it was then are problems: in the pipeline, its models or files. */
export async function prepareResume(path: string, options: ResumeOptions = {}): Promise<Preparation> {
  const folder = readRunFolder(path)
  const { run, files, splits } = folder
  const state = resolve(path, '..', '..')
  const checked = await checkFile(run.pipeline, {
    set: [...run.set],
    ...recordedParams(run),
    lineage: run.lineage ?? false,
    memory: run.memory,
    ...(run.draft && { text: folder.text }),
    ...(options.signal && { signal: options.signal }),
    cache: frozenProbes(path),
  })
  const changes = await changesSince({ path, run, text: folder.text }, checked)
  // Its own output stands where the pipeline says "fail": that is this run's.
  const problems = checked.problems.filter(({ code }) => code !== 'output-exists')
  if (!checked.pipeline) return { problems, prepared: null }
  warmFor(checked, run.limit === null ? (run.workers ?? cores()) : 1)
  const progress = progressIn(path)
  const left = files.filter((file) => !progress.skipped.has(file.path))
  const changed = await changedFiles(left, (file) => absolutePath(checked.folder, file))
  const beside = await besideChanges(run, readBeside(path), checked.folder)
  const refused = [...changes, ...beside, ...(options.skipChanged ? [] : changedProblems(path, run, changed))]
  if (refused.length > 0) return { problems: refused, prepared: null }
  if (hasErrors(problems)) return { problems, prepared: null }
  refuseOtherLineage(folder, checked)
  refuseStoredSince(state, run, files)
  const probes = probesOf(path)
  const frozen = Object.fromEntries(
    Object.entries(checked.nodes).map(([id, node]): [string, CheckedNode] => [
      id,
      looksAgain(node.definition) ? node : { ...node, probe: probes[id] ?? null },
    ]),
  )
  const { resolved, secrets } = await withSecrets({ ...checked, nodes: frozen })
  const plan = planOf(resolved, run)
  const skipping = skipFiles(changed, splits, progress)
  return { problems, prepared: { folder, state, checked, plan, splits, files, skipping, secrets } }
}

function progressIn(run: string): Progress {
  const ledger = join(run, 'ledger')
  return progressOf(existsSync(ledger) ? decodeLedger(readFileSync(ledger, 'utf8')).records : [])
}

/** Runs of older versions did not write these down. */
function readBeside(run: string): BesideFile[] {
  return existsSync(join(run, 'beside.json')) ? readPart<BesideFile[]>(run, 'beside.json', fitsFiles) : []
}

/** So many files are named one by one. */
const named = 10

function changedProblems(path: string, run: RunRecord, changed: readonly FileChange[]): Problem[] {
  const hint = `Put it back as it was; or go on without what is not yet stored of it: headrace resume ${path} --skip-changed; or start anew: ${anewCommand(run)}`
  const problem = (message: string, file?: string): Problem => ({
    severity: 'error',
    code: 'changed-source',
    message,
    hint,
    place: file === undefined ? {} : { file },
  })
  const more = changed.length - named
  return [
    ...changed.slice(0, named).map((one) => problem(`${one.path} ${one.what}`, one.path)),
    ...(more > 0 ? [problem(`${more} more ${more === 1 ? 'file is' : 'files are'} not as when the run started`)] : []),
  ]
}
