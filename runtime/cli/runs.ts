import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Report } from '../engine/report.ts'
import { listRuns, stateFolder } from '../engine/runfolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { duration, grouped, table } from './print.ts'
import { near } from './summary.ts'

/** `headrace runs`: newest first. */
export async function runs(pipeline: string | undefined, flags: { state?: string; json?: boolean }): Promise<number> {
  if (pipeline && !existsSync(pipeline))
    throw new HeadraceError('missing-file', `there is no pipeline file ${pipeline}`, {
      hint: 'Check the path; without one the runs kept in this folder are listed.',
    })
  const given = flags.state ?? process.env['HEADRACE_STATE']
  const state = pipeline ? stateFolder(resolve(pipeline), given) : (given ?? join(process.cwd(), '.headrace'))
  const found = listRuns(state).filter(({ run }) => !pipeline || run.pipeline === resolve(pipeline))
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify(found.map(({ id, path, run, status, report }) => ({ id, path, pipeline: run.pipeline, started: run.started, status, report })))}\n`,
    )
    return 0
  }
  if (found.length === 0) {
    process.stdout.write(`no runs in ${near(state)}\n`)
    return 0
  }
  const rows = found.map(({ id, run, status, report }) => {
    const known = report as Report | null
    const rejected = known ? Object.values(known.nodes).reduce((sum, node) => sum + node.rejected, 0) : 0
    const stored = known ? known.outputs.reduce((sum, { node }) => sum + (known.nodes[node]?.out ?? 0), 0) : 0
    return [
      id,
      near(run.pipeline),
      status,
      known ? grouped(stored) : '',
      known ? grouped(rejected) : '',
      known ? duration(known.seconds) : '',
    ]
  })
  process.stdout.write(
    `${table([['run', 'pipeline', 'status', 'stored', 'rejected', 'time'], ...rows], new Set([3, 4, 5]))}\n`,
  )
  return 0
}
