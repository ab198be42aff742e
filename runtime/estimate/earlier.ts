import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Checked } from '../catalogue/check.ts'
import { edgeNames, nodeDigests, pipelineDigest } from '../engine/digest.ts'
import { MetricsReader } from '../engine/metricsreader.ts'
import type { Report } from '../engine/report.ts'
import { type PlannedSplit, readRecord, summarise } from '../engine/runfolder.ts'
import { fitsSplits, readPart } from '../engine/runparts.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import type { Plan } from '../plan/plan.ts'
import type { Estimate } from './estimate.ts'
import { roundedTo } from './numbers.ts'

/** Runs of a pipeline that are looked at, and of them those that count. */
const looked = 20
const counted = 3
/** A run over less, or more, than so many times the rows says little, unless it was long. */
const alike = 5
const long = 10

/** A finished run of the same pipeline, with as many lanes and the same models. */
export interface EarlierRun {
  readonly id: string
  readonly report: Pick<Report, 'seconds' | 'modelSeconds' | 'rows'>
  readonly last: Snapshot
  readonly lanes: number
  readonly bytes: number
}

/** Today's input. */
export interface Today {
  /** Null where a source has not counted them. */
  readonly rows: number | null
  readonly bytes: number
  /** Milliseconds until the plan was there. */
  readonly starting: number
}

/** How long a run will take by the last ones of the same pipeline; null where there is none that tells. Pure. */
export function byEarlier(runs: readonly EarlierRun[], { rows, bytes, starting }: Today): Estimate | null {
  const all = runs.flatMap((run) => {
    const then = run.report.rows.in
    const now = rows ?? (run.bytes > 0 ? (then * bytes) / run.bytes : 0)
    const times = then > 0 ? now / then : 0
    const { modelSeconds: models, seconds } = run.report
    const tells = times > 0 && ((times <= alike && times >= 1 / alike) || (seconds >= long && times <= alike * 4))
    if (!tells) return []
    const atWork = Math.max(
      0,
      ...Object.values(run.last.nodes).map((one) => one.working + one.waiting + one.blocked + one.resource),
    )
    // Until lanes were there, and behind the last of them, more rows change nothing.
    const fixed = Math.max(models, seconds - atWork / 1000 / run.lanes)
    return [{ run, times, now, seconds: starting / 1000 + fixed + (seconds - fixed) * times }]
  })
  const [latest] = all
  if (!latest) return null
  const seconds = all.map((one) => one.seconds).sort((a, b) => a - b)
  const middle = seconds[(seconds.length - 1) >> 1] as number
  const spread = ((seconds.at(-1) as number) - (seconds[0] as number)) / (2 * middle)
  // Starting takes now this long, now that, which shows in short runs.
  const unsure = Math.min(0.6, 0.2 + spread + Math.abs(Math.log10(latest.times)) / 4 + 0.3 / (1 + middle))
  const { run, times } = latest
  const works = Object.entries(run.last.nodes).map(
    ([id, one]) => [id, one, (one.working + one.inferring + one.storing) * times] as const,
  )
  const work = works.reduce((sum, [, , own]) => sum + own, 0)
  const nodes = Object.fromEntries(
    works.map(([id, one, own]) => [
      id,
      {
        seconds: roundedTo(own / 1000),
        share: work > 0 ? roundedTo(own / work) : 0,
        in: Math.round(one.in * times),
        out: Math.round(one.out * times),
      },
    ]),
  )
  const slowest = [...works].sort(([, , a], [, , b]) => b - a)[0]
  return {
    seconds: roundedTo(middle),
    low: roundedTo(middle / (1 + unsure)),
    high: roundedTo(middle * (1 + unsure)),
    rows: Math.round(latest.now),
    from: `run ${run.id}`,
    nodes,
    slowest: slowest?.[0] ?? null,
    untried: [],
    busy: null,
  }
}

/** The last finished runs of this pipeline as it is now, newest first. */
export function earlierRuns(checked: Checked, plan: Plan, file: string, state: string): EarlierRun[] {
  const { pipeline } = checked
  const runs = join(state, 'runs')
  if (!pipeline || !existsSync(runs)) return []
  const now = pipelineDigest({ digests: nodeDigests(pipeline, checked.nodes), edges: edgeNames(checked.edges) })
  const found: EarlierRun[] = []
  // Ids sort by time.
  const names = readdirSync(runs)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .reverse()
  let seen = 0
  for (const name of names) {
    if (found.length >= counted || seen >= looked) break
    try {
      const path = join(runs, name)
      const record = readRecord(path)
      if (record.pipeline !== file) continue
      seen++
      const { limit, replayOf, selection } = record
      if (limit !== plan.flow.limit || replayOf !== null || selection || pipelineDigest(record) !== now) continue
      const run = ended(path, plan)
      if (run) found.push(run)
    } catch {
      // A run that cannot be read tells nothing; that it is damaged is for whoever asks for it.
    }
  }
  return found
}

function ended(path: string, plan: Plan): EarlierRun | null {
  const { finished, report } = summarise(path)
  const known = report as Report | null // what a run of ours wrote
  if (!finished || !known || known.restarts > 0) return null
  const then = JSON.parse(readFileSync(join(path, 'plan.json'), 'utf8')) as Pick<Plan, 'lanes' | 'models'>
  const same = (one: Pick<Plan, 'lanes' | 'models'>) => JSON.stringify([one.lanes, one.models])
  if (same(then) !== same(plan)) return null
  const reader = new MetricsReader(path)
  try {
    const last = reader.latest()
    // A run that was taken up again says in its report how long it was at work since then alone.
    if (!last || Math.abs(last.at / 1000 - known.seconds) > 1 + known.seconds / 10) return null
    const splits = readPart<PlannedSplit[]>(path, 'splits.json', fitsSplits)
    const bytes = splits.reduce((sum, { split }) => sum + split.bytes, 0)
    const lanes = Math.max(1, Math.min(plan.lanes, splits.length))
    return { id: basename(path), report: known, last, lanes, bytes }
  } finally {
    reader.close()
  }
}
