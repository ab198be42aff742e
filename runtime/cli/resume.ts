import { resumeRun } from '../engine/run.ts'
import { summarise } from '../engine/runfolder.ts'
import { findRun } from './findrun.ts'
import { follow, type OutputOptions } from './follow.ts'
import { origin, tellParent } from './parent.ts'

/** `headrace resume`: a run's id or folder, or a pipeline's file for its latest unfinished run. */
export async function resume(which: string, flags: OutputOptions & { state?: string }): Promise<number> {
  const path = findRun(which, flags.state ?? process.env['HEADRACE_STATE'], (runs) =>
    runs.find(({ finished }) => !finished),
  )
  const { finished, id } = summarise(path)
  if (finished) {
    tellParent({ type: 'refused', error: `run ${id} is finished already: nothing to do` })
    if (flags.json)
      process.stdout.write(`${JSON.stringify({ status: 'done', runId: id, message: 'finished already' })}\n`)
    else process.stdout.write(`run ${id} is finished already: nothing to do\n`)
    return 0
  }
  return await follow(flags, (listeners) => resumeRun(path, { ...listeners, origin: origin() }))
}
