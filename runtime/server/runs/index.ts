import { Router } from 'express'
import type { RunView } from '../api/runs.ts'
import type { ServerContext } from '../context.ts'
import { detailRoutes } from './details.ts'
import { runPartsOf } from './parts.ts'
import { previewRoutes } from './previewroutes.ts'
import { runsRoutes } from './router.ts'

/** REST of runs, below `/api`: `/runs`, `/preview`, `/search`, … */
export function runsRouter(context: ServerContext): Router {
  const parts = runPartsOf(context)
  const router = Router()
  router.use(runsRoutes(parts), detailRoutes(parts), previewRoutes(context))
  return router
}

/** What the socket says of runs: counters, rows, log lines. */
export function runsSocket(context: ServerContext): void {
  runPartsOf(context)
}

/** The latest run of each pipeline, by its id, for the list of pipelines. */
export function latestRuns(context: ServerContext): ReadonlyMap<string, RunView> {
  const latest = new Map<string, RunView>()
  for (const run of runPartsOf(context).registry.list()) {
    if (run.pipeline !== null && !latest.has(run.pipeline)) latest.set(run.pipeline, run)
  }
  return latest
}
