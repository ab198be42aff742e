import { restartOf } from '../engine/crash/after.ts'
import { resumeRun, type Started } from '../engine/run.ts'
import { summarise } from '../engine/runfolder.ts'
import { givenState } from '../engine/statefolder.ts'
import { type EndFlags, toTheEnd } from './ending.ts'
import { findRun } from './findrun.ts'
import { follow, type OutputOptions } from './follow.ts'
import { origin } from './parent.ts'

interface ResumeFlags extends OutputOptions, EndFlags {
  readonly state?: string
  readonly skipChanged?: boolean
}

/** `headrace resume`: a run's id or folder, or a pipeline's file for its latest unfinished run. */
export async function resume(which: string, flags: ResumeFlags): Promise<number> {
  return await toTheEnd(flags, async () => {
    const path =
      restartOf()?.folder ?? findRun(which, givenState(flags.state), (runs) => runs.find(({ finished }) => !finished))
    const { finished, id } = summarise(path)
    const nothing = { runId: id, nothing: `run ${id} is finished already: nothing to do` }
    return await follow(flags, async (begin) => {
      if (finished) return nothing
      const started: Started = await resumeRun(path, {
        ...begin,
        origin: origin(),
        skipChanged: flags.skipChanged === true,
      })
      // It ended while this waited for it.
      return started.running || started.problems.length > 0 ? started : nothing
    })
  })
}
