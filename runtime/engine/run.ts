import { existsSync, rmSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Problem } from '../pipeline/problem.ts'
import type { Plan } from '../plan/plan.ts'
import { Execution, type Listeners } from './execution.ts'
import { type Preparation, type Prepared, prepareRun, type StartOptions } from './prepare.ts'
import type { Report } from './report.ts'
import type { ResumeOptions } from './resume/prepare.ts'
import { newRunId, type RunRecord, summarise } from './runfolder.ts'
import { type LockOptions, lockPipeline, type RunLock } from './runlock.ts'
import { markProcess } from './runprocess.ts'
import { stateFolder } from './statefolder.ts'
import { noteStored } from './stored/fold.ts'
import type { NothingNew } from './stored/nothing.ts'

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

export interface Started {
  readonly problems: readonly Problem[]
  readonly running: Running | null
  /** Why nothing runs, where nothing is wrong with that. */
  readonly idle?: NothingNew
}

export type Begin = Listeners & LockOptions & { readonly origin?: RunRecord['origin'] }

/** Starts a new run of a pipeline. */
export async function startRun(options: StartOptions & Begin): Promise<Started> {
  const file = resolve(options.file)
  const id = newRunId(new Date())
  // What is not there is the check's to say.
  if (!existsSync(file)) return await started(await prepareRun(options), options, null)
  return await locked(stateFolder(file, options.state), file, id, options, async (lock) =>
    started(await prepareRun({ ...options, id }), options, lock),
  )
}

/**
 * Does what begins a run while no other run of the pipeline is at work, before it is looked at what there is to do; the
 * lock ends with the run, or with this where none begins.
 */
export async function locked(
  state: string,
  file: string,
  id: string,
  options: LockOptions,
  begin: (lock: RunLock) => Promise<Started>,
): Promise<Started> {
  const lock = await lockPipeline(state, file, id, options)
  let begun: Started | undefined
  try {
    begun = await begin(lock)
    return begun
  } finally {
    if (!begun?.running) lock.release()
  }
}

/** Starts a run that is prepared and has not been at work before. */
export async function started(
  { problems, prepared, nothing }: Preparation,
  options: Begin,
  lock: RunLock | null,
): Promise<Started> {
  if (!prepared) return { problems, running: null, ...(nothing && { idle: nothing }) }
  try {
    return { problems, running: execute(prepared, options, lock) }
  } catch (error) {
    // A run that never began is no run: its folder would pass for the latest unfinished one.
    rmSync(prepared.folder.path, { recursive: true, force: true })
    throw error
  }
}

/** Takes an unfinished run up where its ledger ends; null and no problem where it is finished. */
export async function resumeRun(path: string, options: Begin & ResumeOptions = {}): Promise<Started> {
  const { run } = summarise(path)
  return await locked(resolve(path, '..', '..'), run.pipeline, basename(path), options, async (lock) => {
    // It may have ended while this waited.
    const now = summarise(path)
    if (now.finished) return { problems: [], running: null }
    if (run.replayOf !== null) {
      const [{ refuseOvertaken }, { replaysOf }] = await Promise.all([
        import('./replay/refusals.ts'),
        import('./replay/settle.ts'),
      ])
      refuseOvertaken(now, replaysOf({ id: run.replayOf, path }))
    }
    const { prepareResume } = await import('./resume/prepare.ts')
    const { problems, prepared } = await prepareResume(path, options)
    return { problems, running: prepared && execute(prepared, options, lock) }
  })
}

function execute(prepared: Prepared, options: Begin, lock: RunLock | null): Running {
  const { folder, plan } = prepared
  const run = new Execution(prepared, options)
  const unmark = markProcess(folder.path, options.origin ?? 'terminal')
  return {
    id: folder.run.id,
    plan,
    folder: folder.path,
    rowsExpected: folder.run.rowsExpected,
    done: finished(run, prepared).finally(() => {
      unmark()
      lock?.release()
    }),
    stop: (exitCode) => run.stop(exitCode),
  }
}

/** The rows that a replay stored leave the file of the run that rejected them before anybody sees it ended. */
async function finished(run: Execution, { folder, state }: Prepared): Promise<Report> {
  const report = await run.report()
  if (report.status === 'done') noteStored(state, folder.run.pipeline)
  if (folder.run.replayOf !== null) await (await import('./replay/settled.ts')).settleReplay(folder.path)
  return report
}
