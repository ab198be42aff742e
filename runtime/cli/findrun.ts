import { existsSync, statSync } from 'node:fs'
import { resolve as absolute, join } from 'node:path'
import { listRuns, type RunSummary } from '../engine/runfolder.ts'
import { stateFolder } from '../engine/statefolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'

/** The folder of a run named by id, folder or pipeline file; of a file's runs, newest first, `pick` says which, else the newest. */
export function findRun(
  which: string,
  state: string | undefined,
  pick: (runs: readonly RunSummary[]) => RunSummary | undefined,
): string {
  if (existsSync(join(which, 'run.json'))) return absolute(which)
  if (existsSync(which) && statSync(which).isFile()) {
    const file = absolute(which)
    const runs = listRuns(stateFolder(file, state)).filter(({ run }) => run.pipeline === file)
    const last = pick(runs) ?? runs[0]
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
