import { rmSync } from 'node:fs'
import type { Problem } from '../pipeline/problem.ts'
import type { Plan } from '../plan/plan.ts'
import { Execution, type Listeners } from './execution.ts'
import { type Prepared, prepareResume, prepareRun, type StartOptions } from './prepare.ts'
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
  try {
    return { problems, running: prepared && (await execute(prepared, options)) }
  } catch (error) {
    // A run that never began is no run: its folder would pass for the latest unfinished one.
    if (prepared) rmSync(prepared.folder.path, { recursive: true, force: true })
    throw error
  }
}

/** Takes an unfinished run up where its ledger ends; null and no problem where it is finished. */
export async function resumeRun(
  path: string,
  options: Listeners & { origin?: RunRecord['origin'] } = {},
): Promise<Started> {
  if (summarise(path).finished) return { problems: [], running: null }
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
    done: run.report().finally(() => {
      unmark()
      unlock()
    }),
    stop: (exitCode) => run.stop(exitCode),
  }
}
