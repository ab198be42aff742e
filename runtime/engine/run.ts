import { rmSync } from 'node:fs'
import type { Problem } from '../pipeline/problem.ts'
import type { Plan } from '../plan/plan.ts'
import { Execution, type Listeners } from './execution.ts'
import { type Prepared, prepareResume, prepareRun, type StartOptions } from './prepare.ts'
import { refuseOvertaken } from './replay/refusals.ts'
import { replaysOf } from './replay/settle.ts'
import { settleReplay } from './replay/settled.ts'
import type { Report } from './report.ts'
import { lockPipeline, type RunRecord, summarise } from './runfolder.ts'
import { markProcess } from './runprocess.ts'

/** A run at work. */
export interface Running {
  readonly id: string
  readonly plan: Plan
  /** The run's folder. */
  readonly folder: string
  /** Source rows, where every source knows them. */
  readonly rowsExpected: number | null
  readonly done: Promise<Report>
  /** Finishes what is in flight and ends, resumable; the exit code that the report then has. */
  readonly stop: (exitCode: number) => void
}

export type Started = { readonly problems: readonly Problem[]; readonly running: Running | null }

/** Starts a new run of a pipeline. */
export async function startRun(options: StartOptions & Listeners): Promise<Started> {
  const { problems, prepared } = await prepareRun(options)
  return { problems, running: prepared && (await executeRun(prepared, options)) }
}

/** Starts a run that is prepared and has not been at work before. */
export async function executeRun(
  prepared: Prepared,
  options: Listeners & { origin?: RunRecord['origin'] },
): Promise<Running> {
  try {
    return await execute(prepared, options)
  } catch (error) {
    // A run that never began is no run: its folder would pass for the latest unfinished one.
    rmSync(prepared.folder.path, { recursive: true, force: true })
    throw error
  }
}

/** Takes an unfinished run up where its ledger ends; null and no problem where it is finished. */
export async function resumeRun(
  path: string,
  options: Listeners & { origin?: RunRecord['origin'] } = {},
): Promise<Started> {
  const run = summarise(path)
  if (run.finished) return { problems: [], running: null }
  if (run.run.replayOf !== null) refuseOvertaken(run, replaysOf({ id: run.run.replayOf, path }))
  const { problems, prepared } = await prepareResume(path)
  return { problems, running: prepared && (await execute(prepared, options)) }
}

async function execute(prepared: Prepared, options: Listeners & { origin?: RunRecord['origin'] }): Promise<Running> {
  const { folder, plan, state } = prepared
  const unlock = lockPipeline(state, folder.run.pipeline, folder.run.id)
  const run = new Execution(prepared, options)
  const unmark = markProcess(folder.path, options.origin ?? 'terminal')
  return {
    id: folder.run.id,
    plan,
    folder: folder.path,
    rowsExpected: folder.run.rowsExpected,
    done: finished(run, prepared).finally(() => {
      unmark()
      unlock()
    }),
    stop: (exitCode) => run.stop(exitCode),
  }
}

/** The rows that a replay stored leave the file of the run that rejected them before anybody sees it ended. */
async function finished(run: Execution, { folder }: Prepared): Promise<Report> {
  const report = await run.report()
  if (folder.run.replayOf !== null) await settleReplay(folder.path)
  return report
}
