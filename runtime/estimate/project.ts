import type { PlannedSplit } from '../engine/runfolder.ts'
import type { Plan } from '../plan/plan.ts'
import type { Spent } from './clock.ts'
import type { Estimate, NodeEstimate } from './estimate.ts'
import { middleOf, roundedTo } from './numbers.ts'
import { gathered } from './rounds.ts'
import type { Portion, Sampled, SinkSample } from './sample.ts'

/** What is known besides the sample. */
export interface Surroundings {
  readonly cores: number
  /** Milliseconds until the plan was there: checking, and looking for the borders of splits. */
  readonly starting: number
  readonly untried: Estimate['untried']
}

/** What the rows of a source, or of a node that needs all of its rows, will take. Times are milliseconds. */
interface Part {
  readonly start: string
  readonly rows: number
  readonly splits: number
  /** How often the portions that count go into the whole. */
  readonly times: number
  readonly portions: readonly Portion[]
  readonly wall: number
  readonly cpu: number
  /** Beyond that, for what is loaded and made quick first. */
  readonly warming: Spent
}

/** Takes in what a node will be at, in milliseconds over all lanes, and the rows that it will see. */
type Add = (node: string, work: number, rows?: { readonly in: number; readonly out: number }) => void

/** Projects what some rows took onto all of them. Pure. */
export function project(
  plan: Plan,
  splits: readonly PlannedSplit[],
  sampled: Sampled,
  { cores, starting, untried }: Surroundings,
): Estimate {
  const nodes = new Map(plan.flow.nodes.map(({ id }) => [id, { work: 0, in: 0, out: 0 }]))
  const add: Add = (id, work, rows = { in: 0, out: 0 }) => {
    const one = nodes.get(id)
    if (!one) return
    one.work += work
    one.in += rows.in
    one.out += rows.out
  }
  const sources = plan.flow.nodes.filter(({ kind }) => kind === 'source')
  const first = sources.flatMap(({ id }) => {
    const own = splits.filter(({ source }) => source === id)
    return own.length > 0 ? [partOf(id, sourceRows(own, sampled, plan.flow.limit), own.length, sampled)] : []
  })
  const busy = Math.max(0, 1 - sampled.free / cores)
  let running = roundOf(first, plan, sampled, add)
  const parts = [...first]
  let gathering = 0
  for (const one of sampled.gathers) {
    const rows = parts.reduce(
      (sum, part) => sum + part.times * sumOf(part.portions, ({ kept }) => kept[one.node] ?? 0),
      0,
    )
    const { wall, out } = gathered(one, rows)
    gathering += wall
    add(one.node, wall)
    const part = partOf(one.node, out, Math.max(1, Math.ceil(out / plan.splitRows)), sampled)
    parts.push(part)
    running += wall + roundOf([part], plan, sampled, add)
  }
  const opening = Math.max(0, ...Object.values(sampled.models).map((model) => model.opening))
  const finishing = Object.values(sampled.sinks).reduce((sum, sink) => sum + sink.finishing, 0)
  const isGuessed = splits.some(({ split }) => split.rows === undefined)
  const seconds = (starting + sampled.loading + opening + running + finishing) / 1000
  const unsure = Math.min(
    0.75,
    0.25 +
      spreadOf(first) / 2 +
      (gathering > running / 4 ? 0.1 : 0) +
      (isGuessed ? 0.25 : 0) +
      untried.length * 0.1 +
      busy / 2,
  )
  const all = [...nodes.values()].reduce((sum, { work }) => sum + work, 0)
  const made = Object.fromEntries(
    [...nodes].map(([id, one]): [string, NodeEstimate] => [
      id,
      {
        seconds: roundedTo(one.work / 1000),
        share: all > 0 ? roundedTo(one.work / all) : 0,
        in: Math.round(one.in),
        out: Math.round(one.out),
      },
    ]),
  )
  return {
    seconds: roundedTo(seconds),
    low: roundedTo(seconds / (1 + unsure)),
    high: roundedTo(seconds * (1 + unsure)),
    rows: Math.round(first.reduce((sum, { rows }) => sum + rows, 0)),
    from: 'calibration',
    nodes: made,
    slowest: all > 0 ? ([...nodes].sort(([, a], [, b]) => b.work - a.work)[0]?.[0] ?? null) : null,
    untried,
    busy: roundedTo(busy),
  }
}

/** Rows of a source: counted, else by the bytes of the portions. */
function sourceRows(own: readonly PlannedSplit[], { portions }: Sampled, limit: number | null): number {
  const most = limit ?? Number.POSITIVE_INFINITY
  const counted = own.reduce((sum, { split }) => sum + (split.rows ?? Number.NaN), 0)
  if (!Number.isNaN(counted)) return Math.min(counted, most)
  const read = portions.filter(({ start, rows }) => start === own[0]?.source && rows > 0)
  const bytes = sumOf(read, (portion) => portion.bytes * portion.share)
  const all = own.reduce((sum, { split }) => sum + split.bytes, 0)
  return bytes > 0 ? Math.min(most, (sumOf(read, ({ rows }) => rows) / bytes) * all) : 0
}

function partOf(start: string, rows: number, splits: number, { portions }: Sampled): Part {
  const read = portions.filter((portion) => portion.start === start)
  const later = read.filter(({ cold }) => !cold)
  // Code becomes quicker for longer than the first portions last: where there are enough, one more of them is left out.
  const warm = later.length > 3 ? later.slice(1) : later
  // Where all of it was read at once, that is how quick it is.
  const counted = warm.some((portion) => portion.rows > 0) ? warm : read
  const known = sumOf(counted, (portion) => portion.rows)
  const times = known > 0 ? rows / known : 0
  const cpu = sumOf(counted, (portion) => portion.cpu)
  const wall = sumOf(counted, (portion) => portion.wall)
  const cold = counted === read ? [] : read.filter((portion) => !counted.includes(portion))
  const slower = (of: 'wall' | 'cpu', usual: number) =>
    sumOf(cold, (portion) => Math.max(0, portion[of] - (known > 0 ? (usual / known) * portion.rows : 0)))
  return {
    start,
    rows,
    splits,
    times,
    portions: counted,
    wall: wall * times,
    cpu: cpu * times,
    warming: { wall: slower('wall', wall), cpu: slower('cpu', cpu) },
  }
}

/** Milliseconds of a round of a run: what its lanes, models and sinks do goes on at once. */
function roundOf(parts: readonly Part[], plan: Plan, sampled: Sampled, add: Add): number {
  const models: Record<string, number> = {}
  let cpu = 0
  let work = 0
  const splits = parts.reduce((sum, part) => sum + part.splits, 0)
  for (const part of parts) {
    cpu += part.cpu
    work += part.wall
    for (const { nodes, costs } of part.portions) {
      for (const [id, { working, ...rows }] of Object.entries(nodes))
        add(id, working * part.times, { in: rows.in * part.times, out: rows.out * part.times })
      for (const [key, cost] of Object.entries(costs)) {
        const model = sampled.models[key]
        if (!model || model.cost === 0) continue
        const calls = (cost * part.times) / model.cost
        const sessions = plan.models.find((one) => one.key === key)?.sessions ?? 1
        models[key] = (models[key] ?? 0) + (calls * model.wall) / sessions
        cpu += calls * model.cpu
      }
    }
  }
  for (const { key, nodes } of plan.models) add(nodes[0] as string, models[key] ?? 0)
  const lanes = Math.max(1, Math.min(plan.lanes, splits))
  // The last splits are alone.
  const lane = (work / splits) * Math.ceil(splits / lanes)
  const beside = Math.max(lane, cpu / sampled.free, ...Object.values(models))
  let storing = 0
  for (const [id, sink] of Object.entries(sampled.sinks)) {
    const staged = { rows: 0, bytes: 0 }
    for (const part of parts)
      for (const portion of part.portions) {
        staged.rows += (portion.staged[id]?.rows ?? 0) * part.times
        staged.bytes += (portion.staged[id]?.bytes ?? 0) * part.times
      }
    const spent = storingOf(sink, staged, splits, beside)
    add(id, spent.wall)
    storing += spent.wall
    cpu += spent.cpu
  }
  // Every lane has code and engines of its own.
  const warming = Math.max(
    0,
    ...parts.map(({ warming: { wall, cpu: own } }) => Math.max(wall, (own * lanes) / sampled.free)),
  )
  return warming + Math.max(beside, cpu / sampled.free, storing)
}

/** What commits of so many rows take: each of them something, and each row. */
function storingOf(
  { commits, group }: SinkSample,
  { rows, bytes }: { rows: number; bytes: number },
  splits: number,
  milliseconds: number,
): { wall: number; cpu: number } {
  const warm = commits.length > 1 ? commits.slice(1) : commits
  const [few] = warm
  const many = warm.at(-1)
  if (!few || !many || rows === 0) return { wall: 0, cpu: 0 }
  const count = group
    ? Math.min(splits, Math.max(1, rows / group.rows, bytes / group.bytes, milliseconds / (group.seconds * 1000)))
    : splits
  const of = (what: 'wall' | 'cpu') => {
    const more = many.rows > few.rows * 1.5 ? Math.max(0, (many[what] - few[what]) / (many.rows - few.rows)) : 0
    const each = Math.max(0, few[what] - more * few.rows)
    return each * count + more * rows
  }
  return { wall: of('wall'), cpu: of('cpu') }
}

/** How far portions differ in what a row takes: half of the way from the quickest to the slowest, of the middle. */
function spreadOf(parts: readonly Part[]): number {
  const spreads = parts.map(({ portions }) => {
    const rates = portions.filter(({ rows }) => rows > 0).map(({ cpu, rows }) => cpu / rows)
    const middle = middleOf(rates)
    return middle ? (Math.max(...rates) - Math.min(...rates)) / (2 * middle) : 0
  })
  return Math.max(0, ...spreads)
}

const sumOf = (portions: readonly Portion[], of: (portion: Portion) => number): number =>
  portions.reduce((sum, portion) => sum + of(portion), 0)
