import type { ProbeCache } from '../catalogue/cache.ts'
import type { Catalogue } from '../catalogue/load.ts'
import type { PathGuard } from '../catalogue/pathguard.ts'
import { errorWithoutSecrets, withoutSecretsIn } from '../catalogue/secrets.ts'
import { type Pool, Scope } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { Sessions } from '../preview/sessions.ts'
import type { TraceAnswer, TracedFate, TracedRow, TraceQuestion, TraceStep } from '../server/api/trace.ts'
import { lettersOf, whereRejected } from './letters.ts'
import { madeRow } from './made.ts'
import { fate, leaving, meet } from './meet.ts'
import { openRun } from './openrun.ts'
import { readQuestion, type Wanted } from './question.ts'
import { searchRows } from './search.ts'
import { reachSink } from './sinkfate.ts'
import { readSourceRow } from './sourcerow.ts'
import { needsOthers, together } from './together.ts'
import { type Entry, type Met, type Walk, walkThrough } from './walk.ts'
import { Whole } from './whole.ts'

/** What traces share. */
export interface TraceWorld {
  readonly pool: Pool
  readonly sessions: Sessions
  readonly cache?: ProbeCache
  readonly catalogue?: Catalogue
  /** Folders outside of which nothing is looked at. */
  readonly guard?: PathGuard
}

const usualRows = 3

/** Replays rows of a run one by one through its nodes, as the pipeline was when it ran; nothing is stored. */
export async function traceRows(
  path: string,
  question: TraceQuestion,
  world: TraceWorld,
  signal: AbortSignal,
): Promise<TraceAnswer> {
  const run = await openRun(path, { ...world, signal })
  const walk = walkThrough(run, { ...world, signal })
  const whole = new Whole(walk)
  try {
    const asked = readQuestion(question.row, run)
    const most = question.rows ?? usualRows
    const { wanted, found } =
      asked.kind === 'value'
        ? await searchRows(asked, most, walk)
        : { wanted: asked.kind === 'rows' ? asked.wanted : [], found: asked.kind === 'rows' ? asked.wanted.length : 1 }
    const rows: TracedRow[] = []
    for (const one of wanted) rows.push(await traceRow(one, walk, whole))
    if (asked.kind === 'made')
      rows.push(await madeRow(asked, walk, whole, (entry, from) => follow([entry], from, walk, whole)))
    const { summary, notes, secrets } = run
    const answer: TraceAnswer = {
      run: summary.id,
      pipeline: summary.run.pipeline,
      status: summary.status,
      asked: question.row,
      found,
      notes,
      rows,
    }
    return withoutSecretsIn(answer, secrets)
  } catch (error) {
    throw errorWithoutSecrets(error, run.secrets)
  } finally {
    whole.close()
  }
}

async function traceRow(wanted: Wanted, walk: Walk, whole: Whole): Promise<TracedRow> {
  const scope = new Scope(walk.pool)
  try {
    const { left, split, line, raw, beyond } = await readSourceRow(wanted, scope, walk)
    const node = walk.nodes.get(wanted.source) as NonNullable<ReturnType<Walk['nodes']['get']>>
    const about = { node: wanted.source, file: wanted.path, row: wanted.row, line, raw }
    const met = leaving({ node, left, entered: null, wanted, scope, walk })
    const { limit } = walk.run.plan.flow
    const identity = `${wanted.source}:${wanted.path}:${wanted.row}`
    if (beyond) {
      const words = `not read: the run took the first ${limit} rows of ${wanted.source} (--limit)`
      return {
        ...about,
        identity,
        steps: [met.step],
        fates: [fate('filtered', { node: wanted.source, identity }, words)],
      }
    }
    const { steps, fates } = await follow(met.on, { scope, split, wanted }, walk, whole)
    return { ...about, identity, ...(await settled([met.step, ...steps], [...met.fates, ...fates], wanted, walk)) }
  } finally {
    scope.close()
  }
}

/** What a way through the nodes begins with. */
export interface From {
  readonly scope: Scope
  /** The run's part that has the row; null where a node made it of others. */
  readonly split: number | null
  readonly wanted: Wanted
}

/** Takes rows through the nodes below them, each after those that lead to it. */
async function follow(entries: readonly Entry[], from: From, walk: Walk, whole: Whole) {
  const waiting = Map.groupBy(entries, ({ edge }) => edge?.to ?? '')
  const steps: TraceStep[] = []
  const fates: TracedFate[] = []
  /** Nodes below one that made parts of its own. */
  const regrouped = new Set<string>()
  for (const node of walk.run.plan.flow.nodes) {
    for (const entry of waiting.get(node.id) ?? []) {
      walk.signal.throwIfAborted()
      const split = regrouped.has(entry.edge?.from ?? '') ? null : from.split
      if (split === null || node.kind === 'table') regrouped.add(node.id)
      const met = await through(entry, { ...from, split }, walk, whole)
      steps.push(met.step)
      fates.push(...met.fates)
      for (const one of met.on) {
        const to = one.edge?.to ?? ''
        waiting.set(to, [...(waiting.get(to) ?? []), one])
      }
    }
  }
  return { steps, fates }
}

async function through(entry: Entry, { scope, split, wanted }: From, walk: Walk, whole: Whole): Promise<Met> {
  const id = entry.edge?.to as string
  const node = walk.nodes.get(id) as NonNullable<ReturnType<Walk['nodes']['get']>>
  if (node.kind === 'sink') return await reachSink(node, entry, split, wanted, scope, walk)
  if (needsOthers(walk.run.checked.nodes[id] as CheckedNode))
    return await together(node, entry, wanted, scope, walk, whole)
  return await meet(node, entry, wanted, scope, walk)
}

/** Says of rejected rows where they are kept, and of rows that are not rejected now but were in the run that they were. */
async function settled(steps: readonly TraceStep[], fates: readonly TracedFate[], wanted: Wanted, walk: Walk) {
  const { summary } = walk.run
  const kept = await lettersOf(summary.path, { source: wanted.source, path: wanted.path, row: wanted.row })
  const seen = new Set<string>()
  const told: TracedFate[] = []
  for (const one of fates) {
    const taken = walk.run.plan.flow.edges.some((edge) => edge.from === one.node && edge.port === 'rejects')
    if (one.fate !== 'rejected' || taken) {
      told.push(one)
      continue
    }
    seen.add(`${one.node}\n${one.identity}`)
    const { words, file } = await whereRejected(one, kept, summary)
    const where =
      words || (summary.finished ? 'the run keeps no such rejected row' : 'the run has not stored its part yet')
    told.push({ ...one, sentence: `${one.sentence} (${where})`, output: file })
  }
  for (const { index, letter } of kept) {
    if (seen.has(`${letter.node}\n${letter.identity}`) || wanted.children.length || wanted.branch) continue
    const words = `the run rejected it at ${letter.node}: ${letter.message} (row ${index} of its rejected rows); it passes now`
    told.push(fate('rejected', { node: letter.node, identity: letter.identity }, words))
  }
  return { steps, fates: told }
}
