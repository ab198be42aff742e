import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ProbeCache, probeCache } from '../catalogue/cache.ts'
import { type Checked, checkFile } from '../catalogue/check.ts'
import type { Catalogue } from '../catalogue/load.ts'
import type { PathGuard } from '../catalogue/pathguard.ts'
import { codesOf, digest } from '../engine/digest.ts'
import { decodeLedger } from '../engine/ledger.ts'
import { fingerprints, planOf, withSecrets } from '../engine/prepare.ts'
import { type Progress, progressOf } from '../engine/progress.ts'
import { recordedParams } from '../engine/recorded.ts'
import { rootOf } from '../engine/replay/root.ts'
import { type PlannedSplit, type RunRecord, type RunSummary, readRunFolder, summarise } from '../engine/runfolder.ts'
import { fitsRecord, readPart } from '../engine/runparts.ts'
import type { FileVersion } from '../engine/versions.ts'
import { parsePipeline } from '../pipeline/document.ts'
import type { Pipeline } from '../pipeline/model.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Plan } from '../plan/plan.ts'
import { stops } from '../preview/order.ts'
import type { Json } from '../sdk/node.ts'

/** A run with its pipeline as it was when it ran: nodes with their secrets, parts, and what has been stored. */
export interface TracedRun {
  readonly summary: RunSummary
  readonly checked: Checked
  readonly plan: Plan
  readonly splits: readonly PlannedSplit[]
  readonly files: readonly FileVersion[]
  readonly progress: Progress
  readonly secrets: readonly string[]
  /** What is no longer as it was. */
  readonly notes: readonly string[]
}

/** Opens a run's folder; a replay stands for the run whose rejected rows it ran again. */
export async function openRun(
  path: string,
  options: { readonly catalogue?: Catalogue; readonly guard?: PathGuard; readonly signal: AbortSignal },
): Promise<TracedRun> {
  const asked = summarise(path)
  const summary = rootOf(asked)
  const { run, text, splits, files } = readRunFolder(summary.path)
  const checked = await checkFile(run.pipeline, {
    ...recordedParams(run),
    text,
    set: [...run.set],
    lineage: run.lineage ?? false,
    cache: frozen(summary.path),
    signal: options.signal,
    ...(options.catalogue && { catalogue: options.catalogue }),
    ...(options.guard && { guard: options.guard }),
  })
  const [wrong] = checked.problems.filter(stops)
  if (wrong || !checked.pipeline) {
    const where = wrong?.place.node ? `${wrong.place.node}: ` : ''
    throw new HeadraceError(
      'cannot-trace',
      `the pipeline of run ${summary.id} cannot be opened any more: ${where}${wrong?.message ?? ''}`,
      {
        hint: wrong?.hint ?? 'Put back what it needs, or run the pipeline anew.',
        place: wrong?.place.node ? { node: wrong.place.node } : {},
      },
    )
  }
  const { resolved, secrets } = await withSecrets(checked)
  const ledger = join(summary.path, 'ledger')
  const records = existsSync(ledger) ? decodeLedger(readFileSync(ledger, 'utf8')).records : []
  const replay = asked.id === summary.id ? [] : [`run ${asked.id} is a replay of ${summary.id}, which is traced here`]
  return {
    summary,
    checked: resolved,
    plan: planOf(resolved, run),
    splits,
    files,
    progress: progressOf(records),
    secrets,
    notes: [...replay, ...changes(run, text, checked)],
  }
}

/** What the probes found when the run began, so that its files may be gone; models are looked at as they are. */
function frozen(folder: string): ProbeCache {
  const probes = readPart<Record<string, Json>>(folder, 'probes.json', fitsRecord)
  const look = probeCache()
  return {
    async probe(key, find) {
      if (key.definition.kind === 'model') return await look.probe(key, find)
      return { probe: probes[key.node] ?? null, problems: [] }
    },
  }
}

function changes(run: RunRecord, text: string, checked: Checked): string[] {
  const prints = fingerprints(checked)
  const models = Object.keys(run.fingerprints).filter((id) => !same(prints[id], run.fingerprints[id]))
  const codes = codesOf(checked.nodes)
  const recoded = Object.keys(run.codes ?? {}).filter((id) => codes[id] !== run.codes?.[id])
  return [
    ...(run.draft || !otherNow(run.pipeline, text)
      ? []
      : [`${run.pipeline} has changed since this run; rows go through the pipeline as it was run`]),
    ...models.map((id) => `the model of ${id} is another one now: what it gives may differ from what was stored`),
    ...recoded.map((id) => `the code of ${id} has changed since this run: what it does may differ from what it did`),
  ]
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Whether the pipeline's file says something else now than the text that ran, places on the canvas aside. */
function otherNow(file: string, text: string): boolean {
  if (!existsSync(resolve(file))) return false
  const [before, now] = [text, readFileSync(file, 'utf8')].map((one) => essence(parsePipeline(one, file).pipeline))
  return before !== now
}

function essence(pipeline: Pipeline | null): string {
  if (!pipeline) return ''
  const { nodes, edges, params, settings } = pipeline
  const own = Object.entries(nodes).map(([id, { type, config, disabled = false }]) => [id, { type, config, disabled }])
  return digest([Object.fromEntries(own), edges, params ?? {}, settings.lineage ?? false])
}
