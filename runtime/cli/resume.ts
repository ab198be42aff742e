import { existsSync, statSync } from 'node:fs'
import { resolve as absolute, join } from 'node:path'
import { resumeRun } from '../engine/run.ts'
import { listRuns, stateFolder, summarise } from '../engine/runfolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { follow, type OutputOptions } from './follow.ts'
import { origin, tellParent } from './parent.ts'

/** `headrace resume`: a run's id or folder, or a pipeline's file for its latest unfinished run. */
export async function resume(which: string, flags: OutputOptions & { state?: string }): Promise<number> {
  const path = findRun(which, flags.state ?? process.env['HEADRACE_STATE'])
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

/** The folder of a run named by id, folder or pipeline file. */
function findRun(which: string, state?: string): string {
  if (existsSync(join(which, 'run.json'))) return absolute(which)
  if (existsSync(which) && statSync(which).isFile()) {
    const file = absolute(which)
    const runs = listRuns(stateFolder(file, state)).filter(({ run }) => run.pipeline === file)
    const last = runs.find(({ finished }) => !finished) ?? runs[0]
    if (!last)
      throw new HeadraceError('no-run', `${which} has no runs yet`, { hint: `Start one: headrace run ${which}` })
    return last.path
  }
  const folders = state ? [state] : [join(process.cwd(), '.headrace')]
  for (const folder of folders) {
    const path = join(folder, 'runs', which)
    if (existsSync(join(path, 'run.json'))) return path
  }
  throw new HeadraceError('no-run', `there is no run "${which}" in ${folders.join(', ')}`, {
    hint: "Name the run's folder or the pipeline's file; headrace runs PIPELINE lists its runs.",
  })
}
