import { isAbsolute, join, resolve } from 'node:path'
import { type Checked, checkFile } from '../catalogue/check.ts'
import { dayOf } from '../catalogue/params.ts'
import { resolveSecrets } from '../catalogue/secrets.ts'
import { pinnedSource } from '../drift/source.ts'
import { readBytes } from '../pipeline/amounts.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { type GivenParam, plainValues } from '../pipeline/params/resolve.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import { cores, defaultMemory } from '../plan/machine.ts'
import { type Plan, planPipeline } from '../plan/plan.ts'
import type { Json, ModelNode, SourceFile, SourceNode, SourceProbe } from '../sdk/node.ts'
import { codesOf, edgeNames, nodeDigests } from './digest.ts'
import { filesBeside } from './resume/beside.ts'
import type { Skipping } from './resume/skip.ts'
import { createRunFolder, newRunId, type PlannedSplit, type RunFolder, type RunRecord } from './runfolder.ts'
import { stateFolder } from './statefolder.ts'
import { makesOf } from './stored/makes.ts'
import type { NothingNew } from './stored/nothing.ts'
import { withoutOthers } from './stored/probes.ts'
import type { Only } from './stored/selection.ts'
import { warmLanes } from './threads.ts'
import { touchedSince } from './touched.ts'
import { keepsOld, refuseBesideUnfinished } from './unfinished.ts'
import { type FileVersion, fileVersions } from './versions.ts'

export interface StartOptions {
  /** The pipeline's file. */
  readonly file: string
  /** The run's id, where it has one already. */
  readonly id?: string
  readonly set?: readonly string[]
  /** Values of the pipeline's parameters, the strongest last. */
  readonly params?: readonly GivenParam[]
  readonly memory?: number | null
  readonly workers?: number | null
  readonly limit?: number | null
  readonly state?: string
  /** The text of a draft that runs in place of the file's. */
  readonly draft?: string
  readonly origin?: RunRecord['origin']
  /** The run whose rejected rows are run again. */
  readonly replayOf?: string
  /** Start anew although an unfinished run has stored rows. */
  readonly anew?: boolean
  /** Sinks keep the rows' identities as a column; left out: as the pipeline's settings say. */
  readonly lineage?: boolean
  /** Not all files, but these. */
  readonly only?: Only
  readonly signal?: AbortSignal
}

/** Everything that a run needs before its first row. */
export interface Prepared {
  readonly folder: RunFolder
  readonly state: string
  readonly checked: Checked
  readonly plan: Plan
  readonly splits: readonly PlannedSplit[]
  /** The sources' files as they were when the run was planned. */
  readonly files: readonly FileVersion[]
  /** What a run that is taken up again leaves out from here. */
  readonly skipping?: Skipping | null
  /** The secrets' values, to be taken out of whatever is written or printed. */
  readonly secrets: readonly string[]
}

export interface Preparation {
  readonly problems: readonly Problem[]
  /** Null where a problem is an error, or where there is nothing to do. */
  readonly prepared: Prepared | null
  readonly nothing?: NothingNew
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === 'error')

/** Checks and plans a new run and makes its folder. Wrong pipelines are problems; what forbids a start is thrown. */
export async function prepareRun(options: StartOptions): Promise<Preparation> {
  const file = resolve(options.file)
  const now = new Date()
  const id = options.id ?? newRunId(now)
  const state = stateFolder(file, options.state)
  const { only } = options
  const stored = only && (await import('./stored/begin.ts'))
  const known = only && (await stored?.knownTo(state, file, only, options.draft))
  const set = [...(options.set ?? []), ...(known?.set ?? [])]
  const found = await checkFile(file, {
    set,
    params: options.params ?? [],
    run: { id, date: dayOf(now) },
    memory: options.memory ?? null,
    ...(options.lineage !== undefined && { lineage: options.lineage }),
    ...(options.draft !== undefined && { text: options.draft }),
    ...(options.signal && { signal: options.signal }),
  })
  if (!options.anew && (only || !hasErrors(found.problems))) refuseBesideUnfinished(state, file, found)
  if (hasErrors(found.problems) || !found.pipeline) return { problems: found.problems, prepared: null }
  const makes = await makesOf(found, set, fingerprints(found))
  const chosen = only && known && (await stored?.choose(found, { state, file, only, memory: known.memory, makes }))
  const problems = [...found.problems, ...(chosen?.warnings ?? [])]
  if (chosen?.nothing)
    return {
      problems,
      prepared: null,
      nothing: (await import('./stored/nothing.ts')).nothingNew(file, found, chosen.selection.counts),
    }
  const checked = chosen ? { ...found, nodes: chosen.nodes } : found
  const record: RunRecord = {
    ...recordOf({ ...options, set, id }, file, checked, now),
    makes,
    adds: Object.values(checked.nodes).some(keepsOld),
    ...(chosen && { selection: chosen.selection }),
  }
  const { resolved, secrets } = await withSecrets(checked)
  const plan = planOf(resolved, record)
  warmFor(checked, plan.lanes)
  const files = await fileVersions(sourceFiles(checked))
  const splits = await cutSplits(resolved, plan, options.signal ?? new AbortController().signal)
  await refuseChangedMeanwhile(checked, files)
  const beside = await filesBeside(checked.nodes, checked.folder)
  const probes = Object.fromEntries(Object.values(checked.nodes).map(({ id, probe }) => [id, probe]))
  const whole = { ...record, rowsExpected: rowsOf(splits, record.limit) }
  const folder = createRunFolder(state, whole, {
    text: checked.text,
    plan: describePlan(plan),
    probes,
    files,
    beside,
    splits,
  })
  return { problems, prepared: { folder, state, checked, plan, splits, files, secrets } }
}

/** So many bytes of a source keep a lane at work for longer than it takes to start. */
const bytesOfLane = 16 << 20

/** Starts the lanes that a run will surely have, `most` at most, while it is still to be found out what they will do. */
export function warmFor(checked: Checked, most: number): void {
  const bytes = sourceFiles(checked).reduce((sum, { size }) => sum + size, 0)
  const types = new Set(Object.values(checked.nodes).map(({ type }) => type))
  warmLanes(Math.min(most, Math.floor(bytes / bytesOfLane)), [...types])
}

/** What a run is, as its folder keeps it. */
export function recordOf(options: StartOptions, file: string, checked: Checked, now: Date): RunRecord {
  const pipeline = checked.pipeline as NonNullable<Checked['pipeline']>
  const settings = pipeline.settings
  return {
    id: options.id ?? newRunId(now),
    pipeline: file,
    name: pipeline.name ?? '',
    started: now.toISOString(),
    now: now.getTime(),
    set: options.set ?? [],
    params: plainValues(checked.values),
    lineage: options.lineage ?? settings?.lineage ?? false,
    names: checked.values.run,
    limit: options.limit ?? null,
    workers: options.workers ?? settings?.workers ?? null,
    memory: options.memory ?? (settings?.memory === undefined ? null : readBytes(settings.memory)) ?? defaultMemory(),
    digests: nodeDigests(pipeline, checked.nodes),
    codes: codesOf(checked.nodes),
    edges: edgeNames(checked.edges),
    fingerprints: fingerprints(checked),
    origin: options.origin ?? 'terminal',
    draft: options.draft !== undefined,
    replayOf: options.replayOf ?? null,
    rowsExpected: null,
  }
}

/** Source rows of a run; null where a source does not know them. */
export function rowsOf(splits: readonly PlannedSplit[], limit: number | null): number | null {
  const bySource = new Map<string, number>()
  for (const { source, split } of splits) {
    if (split.rows === undefined) return null
    bySource.set(source, (bySource.get(source) ?? 0) + split.rows)
  }
  return [...bySource.values()].reduce((sum, rows) => sum + Math.min(rows, limit ?? rows), 0)
}

/** The nodes with their secrets in their settings: for a run, never for a file. */
export async function withSecrets(checked: Checked): Promise<{ resolved: Checked; secrets: readonly string[] }> {
  const nodes: Record<string, CheckedNode> = {}
  const secrets: string[] = []
  for (const [id, node] of Object.entries(checked.nodes)) {
    const { config, values } = await resolveSecrets(node.config, checked.folder, node.definition.config)
    nodes[id] = { ...node, config }
    secrets.push(...values)
  }
  return { resolved: { ...checked, nodes }, secrets }
}

/** What each model is, for the sinks that remember it and for a resume that refuses another. */
export function fingerprints(checked: Checked): Record<string, Json> {
  const found: Record<string, Json> = {}
  for (const { id, definition, config, probe } of Object.values(checked.nodes)) {
    if (definition.kind !== 'model') continue
    const print = (definition as ModelNode).fingerprint?.({ config: config as never, probe: probe as Json })
    if (print) found[id] = { ...print }
  }
  return found
}

export function planOf(checked: Checked, run: Pick<RunRecord, 'id' | 'now' | 'workers' | 'memory' | 'limit'>): Plan {
  return planPipeline(checked, {
    folder: checked.folder,
    runId: run.id,
    now: run.now,
    workers: run.workers,
    cores: cores(),
    memory: run.memory,
    limit: run.limit,
    values: checked.values,
  })
}

/** A path as the system takes it: relative ones start at the pipeline's folder. */
export const absolutePath = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path))

/** The files that sources have found, each once. */
export function sourceFiles(checked: Checked): (SourceFile & { absolute: string })[] {
  const files = Object.values(checked.nodes).flatMap(({ definition, probe }) =>
    definition.kind === 'source' ? ((probe as unknown as SourceProbe)?.files ?? []) : [],
  )
  const byPath = new Map(files.map((file) => [file.path, file]))
  return [...byPath.values()].map((file) => ({ ...file, absolute: absolutePath(checked.folder, file.path) }))
}

/** Throws where a file was written to between the first look at it and the end of its counting. */
async function refuseChangedMeanwhile(checked: Checked, files: readonly FileVersion[]): Promise<void> {
  const found = new Map(sourceFiles(checked).map((file) => [file.path, file]))
  for (const version of files) {
    const { absolute, size } = found.get(version.path) as SourceFile & { absolute: string }
    const other = size === version.size ? null : { what: `had ${size} bytes and now has ${version.size}` }
    const change = other ?? (await touchedSince(version, absolute))
    if (!change) continue
    throw new HeadraceError('changed-source', `${version.path} changed while the run was prepared: it ${change.what}`, {
      place: { file: version.path },
      hint: 'Nothing was stored. Run again when nobody writes to it.',
    })
  }
}

/** The splits of every source, in the order of the pipeline's sources: the list is frozen from here. */
export async function cutSplits(checked: Checked, plan: Plan, signal: AbortSignal): Promise<PlannedSplit[]> {
  const planned: PlannedSplit[] = []
  for (const { id, kind } of plan.flow.nodes) {
    if (kind !== 'source') continue
    const node = checked.nodes[id] as CheckedNode
    const splits = await pinnedSource(node.definition as SourceNode).splits({
      config: node.config as never,
      probe: node.probe as unknown as SourceProbe,
      resolve: (path) => absolutePath(checked.folder, path),
      signal,
      target: { rows: plan.splitRows, bytes: plan.splitBytes },
    })
    planned.push(...splits.map((split) => ({ source: id, split })))
  }
  return withoutOthers(planned, checked.nodes)
}

/** The plan as the run's folder keeps it: without settings, which may hold secrets. */
export function describePlan(plan: Plan) {
  const { flow, ...rest } = plan
  return { ...rest, nodes: flow.nodes.map(({ id, type, kind }) => ({ id, type, kind })), edges: flow.edges }
}
