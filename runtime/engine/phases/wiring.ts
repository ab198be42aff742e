import type { Plan } from '../../plan/plan.ts'
import type { NodeDefinition, SinkNode } from '../../sdk/node.ts'
import { KnownApart } from '../apart/known.ts'
import type { Commits } from '../commits.ts'
import { Coordinator, type CoordinatorOptions } from '../coordinator.ts'
import { type Crashes, noCrashes } from '../crash/crashes.ts'
import { endsOf } from '../flowplan.ts'
import type { IdleTime } from '../idletime.ts'
import type { Prepared } from '../prepare.ts'
import { splitVersions } from '../resume/asplanned.ts'
import { withoutSkipped } from '../resume/skip.ts'
import type { PlannedSplit } from '../runfolder.ts'
import type { Workers } from '../workers.ts'
import { Rounds } from './rounds.ts'
import { Tables, type TablesOptions } from './tables.ts'

/** Lanes that some splits keep at work. */
const lanesFor = (splits: number, plan: Plan): number => Math.max(1, Math.min(plan.lanes, splits))

/** The most lanes that a run may start: a node that needs all rows makes splits that nobody counts before. */
export const mostLanes = (plan: Plan, splits: number): number =>
  plan.flow.nodes.some(({ kind }) => kind === 'table') ? plan.lanes : lanesFor(splits, plan)

/** The nodes of a prepared run that need all rows. */
export function makeTables(
  { plan, folder }: Pick<Prepared, 'plan' | 'folder'>,
  world: Pick<
    TablesOptions,
    'disk' | 'clock' | 'definitions' | 'ledger' | 'progress' | 'log' | 'onGathering' | 'onFiltered'
  >,
): Tables {
  return new Tables({
    ...world,
    flow: plan.flow,
    folder: folder.path,
    memory: plan.memory.cap,
    threads: plan.lanes,
    target: { rows: plan.splitRows, bytes: plan.splitBytes },
    now: new Date(plan.flow.now),
  })
}

export interface RoundsWorld extends Pick<CoordinatorOptions, 'clock' | 'judge' | 'log' | 'scheduler'> {
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  readonly commits: Pick<Commits, 'commit' | 'done' | 'progress'>
  readonly tables: Tables
  readonly workers: Pick<Workers, 'grow' | 'run' | 'trim' | 'abort'>
  readonly idle: Pick<IdleTime, 'lanes'>
  /** Of earlier processes of the run. */
  readonly crashes?: Crashes
}

/** The rounds of a prepared run, over its workers, sinks and nodes that need all rows. */
export async function makeRounds(
  { plan, splits, folder, files = [] }: Pick<Prepared, 'plan' | 'splits' | 'folder'> & Partial<Pick<Prepared, 'files'>>,
  world: RoundsWorld,
): Promise<Rounds> {
  const { clock, definitions, commits, tables, workers, idle, judge, log, scheduler, crashes = noCrashes } = world
  const { flow } = plan
  const { progress } = commits
  const inputs = new Set(endsOf(flow).flatMap(({ id, input }) => (input === null ? [] : [id])))
  const versions = splitVersions(files)
  const groups = new Map(flow.nodes.map(({ id, type }) => [id, (definitions.get(type) as SinkNode).group]))
  const known = new KnownApart(flow, crashes, progress)
  const turns = new Map<number, number>()
  return new Rounds({
    splits: [...withoutSkipped(splits, progress), ...(await tables.restore())],
    // What a node made of all rows is not made again of those that were rejected.
    tables: folder.run.replay ? null : tables,
    trim: () => workers.trim(),
    coordinator: (all) => {
      const lanes = lanesFor(all.length - progress.done.size, plan)
      workers.grow(lanes)
      return new Coordinator({
        clock,
        flow,
        splits: all,
        lanes,
        progress,
        commit: (end, ...given) => (inputs.has(end) ? tables.keep(end, ...given) : commits.commit(end, ...given)),
        done: (...given) => commits.done(...given),
        groups,
        apart: known.toCommit,
        run: (lane, index, more, now) => {
          const one = all[index] as PlannedSplit
          const data = tables.dataOf(one.source)
          const asPlanned = versions.of(one)
          const apart = known.of(index, now)
          const turn = turns.get(index) ?? 0
          turns.set(index, turn + 1)
          workers.run(lane, { index, more, ...one, ...(data !== undefined && { data }), ...asPlanned, apart, turn })
        },
        abort: () => workers.abort(),
        judge,
        log,
        scheduler,
        onLanes: (running, left) => idle.lanes(running, left),
      })
    },
  })
}
