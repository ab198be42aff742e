import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { countRejected } from '../engine/deadletters-reader.ts'
import { bytesOf } from '../engine/prune.ts'
import type { Report } from '../engine/report.ts'
import { listRuns, type RunSummary } from '../engine/runfolder.ts'
import { givenState, stateFolder } from '../engine/statefolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { duration, grouped, size, table } from './print.ts'
import { near } from './summary.ts'

/** Where the runs are kept that are meant: those of a pipeline, else of the pipelines in this folder. */
export function stateOfRuns(pipeline: string | undefined, flag: string | undefined): string {
  if (pipeline && !existsSync(pipeline))
    throw new HeadraceError('missing-file', `there is no pipeline file ${pipeline}`, {
      hint: 'Check the path; without one it is about all runs kept in this folder.',
    })
  const given = givenState(flag)
  return pipeline ? stateFolder(resolve(pipeline), given) : (given ?? join(process.cwd(), '.headrace'))
}

/** `headrace runs`: newest first. */
export async function runs(pipeline: string | undefined, flags: { state?: string; json?: boolean }): Promise<number> {
  const state = stateOfRuns(pipeline, flags.state)
  const kept = listRuns(state).filter(({ run }) => !pipeline || run.pipeline === resolve(pipeline))
  const found = await Promise.all(
    kept.map(async (one) => ({ ...one, rejected: await rejectedNow(one), bytes: bytesOf(one.path) })),
  )
  if (flags.json) {
    const all = found.map(({ id, path, run, status, rejected, bytes, report }) => {
      return {
        id,
        path,
        pipeline: run.pipeline,
        started: run.started,
        params: run.params,
        status,
        rejected,
        bytes,
        report,
      }
    })
    process.stdout.write(`${JSON.stringify(all)}\n`)
    return 0
  }
  if (found.length === 0) {
    process.stdout.write(`no runs in ${near(state)}\n`)
    return 0
  }
  const withParams = found.some(({ run }) => Object.keys(run.params).length > 0)
  const rows = found.map(({ id, run, status, rejected, bytes, report }) => {
    const known = report as Report | null
    return [
      id,
      near(run.pipeline),
      status,
      known ? grouped(known.rows.stored) : '',
      rejected === null ? '' : grouped(rejected),
      known ? duration(known.seconds) : '',
      size(bytes),
      ...(withParams
        ? [
            Object.entries(run.params)
              .map(([name, value]) => `${name}=${value}`)
              .join(' '),
          ]
        : []),
    ]
  })
  const heads = [
    'run',
    'pipeline',
    'status',
    'stored',
    'rejected',
    'time',
    'size',
    ...(withParams ? ['parameters'] : []),
  ]
  process.stdout.write(`${table([heads, ...rows], new Set([3, 4, 5, 6]))}\n`)
  return 0
}

/** A run's rejected rows but for those that replays stored since; null while it has no report. */
async function rejectedNow({ path, report }: RunSummary): Promise<number | null> {
  const known = report as Report | null // what a run of ours wrote
  if (!known) return null
  const then = Object.values(known.nodes).reduce((sum, node) => sum + node.rejected, 0)
  const { count } = known.deadLetters
  return count === 0 ? then : then - Math.max(0, count - (await countRejected(path)))
}
