import { Router } from 'express'
import type { PreviewProcess } from '../../preview/index.ts'
import type { ServerContext } from '../context.ts'
import { detailRoutes } from './details.ts'
import { runPartsOf } from './parts.ts'
import { previewRoutes } from './previewroutes.ts'
import { runsRoutes } from './router.ts'
import { traceRoutes } from './traceroutes.ts'

/** REST of runs, below `/api`: `/runs`, `/preview`, `/search`, … */
export function runsRouter(context: ServerContext, previews: PreviewProcess): Router {
  const parts = runPartsOf(context)
  const router = Router()
  router.use(runsRoutes(parts), detailRoutes(parts), previewRoutes(context, previews), traceRoutes(parts, previews))
  return router
}

/** What the socket says of runs: counters, rows, log lines. */
export function runsSocket(context: ServerContext): void {
  runPartsOf(context)
}
