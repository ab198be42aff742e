import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ProbeCache, probeCache } from '../../catalogue/cache.ts'
import { type Checked, type CheckOptions, checkFile } from '../../catalogue/check.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import { shapeOf } from '../../pipeline/shape.ts'
import type { Json } from '../../sdk/node.ts'
import { nodeDigests, pipelineDigest } from '../digest.ts'
import { describePlan, hasErrors, type Preparation, planOf, recordOf, rowsOf, withSecrets } from '../prepare.ts'
import { recordedParams } from '../recorded.ts'
import type { Report } from '../report.ts'
import { createRunFolder, listRuns, type RunRecord, readRunFolder, summarise } from '../runfolder.ts'
import { fitsRecord, fitsReport, readPart } from '../runparts.ts'
import { chooseLetters, letterFile } from './choose.ts'
import type { Asked } from './question.ts'
import { refuseReplaced, refuseUnreachable } from './refusals.ts'

export interface ReplayOptions {
  /** The folder of the run whose rows were rejected. */
  readonly run: string
  /** The replay's id, where it has one already. */
  readonly id?: string
  /** The text of a draft in place of the pipeline's file; a run of a draft is replayed with its own text. */
  readonly draft?: string
  readonly origin?: RunRecord['origin']
  readonly signal?: AbortSignal
}

/** Checks and plans a replay and makes its folder; `prepared` is null also where no row is asked for. */
export async function prepareReplay(options: ReplayOptions, asked: Asked): Promise<Preparation> {
  const original = readRunFolder(options.run)
  const file = original.run.pipeline
  const state = resolve(options.run, '..', '..')
  const draft = options.draft ?? (original.run.draft ? original.text : undefined)
  const { checked, set } = await checkToAdd(file, options.run, original.run, draft, options.signal)
  // What stands there is what the run stored: the rows are added to it.
  const problems = checked.problems.filter(({ code }) => code !== 'output-exists')
  if (hasErrors(problems) || !checked.pipeline) return { problems, prepared: null }
  const now = new Date()
  const start = {
    file,
    set,
    lineage: original.run.lineage ?? false,
    replayOf: original.run.id,
    ...(draft !== undefined && { draft }),
    ...(options.origin && { origin: options.origin }),
    ...(options.id !== undefined && { id: options.id }),
  }
  const base = recordOf(start, file, checked, now)
  const { resolved, secrets } = await withSecrets(checked)
  const plan = planOf(resolved, base)
  mkdirSync(join(state, 'runs'), { recursive: true })
  const folder = mkdtempSync(join(state, 'runs', '.replay-'))
  try {
    const final = join(state, 'runs', base.id)
    const splits = await chooseLetters(options.run, asked, checked.nodes, checked.order, { folder, final })
    if (splits.length === 0) return { problems, prepared: null }
    refuseUnreachable(splits, plan.flow)
    const replay = {
      before: pipelineDigest(original.run),
      after: pipelineDigest(base),
      outBefore: outBefore(options.run),
    }
    const record: RunRecord = { ...base, rowsExpected: rowsOf(splits, null), replay }
    const probes = Object.fromEntries(Object.values(checked.nodes).map(({ id, probe }) => [id, probe]))
    const moved = Object.fromEntries(
      [...new Set(splits.map(({ source }) => letterFile(source)))].map((name) => [name, join(folder, name)]),
    )
    const parts = { text: checked.text, plan: describePlan(plan), probes, files: [], splits, moved }
    const made = createRunFolder(state, record, parts)
    return { problems, prepared: { folder: made, state, checked, plan, splits, files: [], secrets } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Checks the pipeline as it is now, with every sink set to add to what is there. Sources whose settings are the same keep
 * what their probes found when the run began: its rows are read as the others were, whatever became of the files.
 */
async function checkToAdd(
  file: string,
  run: string,
  record: RunRecord,
  draft: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ checked: Checked; set: readonly string[] }> {
  const cache = probeCache()
  const common: CheckOptions = {
    ...recordedParams(record),
    lineage: record.lineage ?? false,
    memory: record.memory,
    ...(draft !== undefined && { text: draft }),
    ...(signal && { signal }),
  }
  const own = record.set.filter((text) => !/^[^=]*\.ifExists=/.test(text))
  const first = await checkFile(file, { ...common, cache, set: own })
  if (!first.pipeline) return { checked: first, set: own }
  const nodes = Object.values(first.nodes)
  refuseReplaced(summarise(run), listRuns(join(run, '..', '..')), nodes)
  const set = [...own, ...nodes.filter(canAdd).map(({ id }) => `${id}.ifExists=append`)]
  const digests = nodeDigests(first.pipeline, first.nodes)
  const same = nodes.filter(({ id, definition }) => definition.kind === 'source' && digests[id] === record.digests[id])
  const frozen = withFrozen(cache, new Set(same.map(({ id }) => id)), run)
  return { checked: await checkFile(file, { ...common, cache: frozen, set }), set }
}

/** Whether a node is a sink that can add to an output. */
const canAdd = ({ definition }: CheckedNode): boolean =>
  definition.kind === 'sink' && Object.hasOwn(shapeOf(definition.config).properties ?? {}, 'ifExists')

function withFrozen(cache: ProbeCache, nodes: ReadonlySet<string>, run: string): ProbeCache {
  const probes = readPart<Record<string, Json>>(run, 'probes.json', fitsRecord)
  return {
    async probe(key, look) {
      const before = nodes.has(key.node) ? probes[key.node] : null
      return before ? { probe: before, problems: [] } : await cache.probe(key, look)
    },
  }
}

/** Rows that each node let out when the run was run: `sample first` counts on from there. */
function outBefore(run: string): Record<string, number> {
  const { nodes } = readPart<Report>(run, 'report.json', fitsReport)
  return Object.fromEntries(Object.entries(nodes).map(([id, { out }]) => [id, out]))
}
