import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { readRejected } from '../../engine/deadletters-reader.ts'
import type { RunDetail } from '../api/runs.ts'
import { textOf } from '../body.ts'
import { HttpRefusal } from '../refuse.ts'
import { countAsked } from './asked.ts'
import { headlessCommand } from './command.ts'
import { historyCsv, lastSample, readHistory } from './history.ts'
import { readLog } from './logpage.ts'
import { type RunParts, runOf } from './parts.ts'
import { readReport } from './view.ts'

/** So long a request for rows waits for a run to give them. */
const rowsMilliseconds = 1500

/** `/runs/:id`: what one run was, counted, told, rejected, and the rows at its edges. */
export function detailRoutes(parts: RunParts): Router {
  const router = Router()
  router.get('/runs/:id', async (request, response) => {
    const run = runOf(parts, request.params.id)
    const detail: RunDetail = {
      ...run,
      report: run.status === 'running' ? null : readReport(run.folder),
      text: await readFile(join(run.folder, 'pipeline.json'), 'utf8'),
      command: headlessCommand(run, parts.context.command),
      last: lastSample(run.folder),
    }
    response.json(detail)
  })
  router.get('/runs/:id/metrics', (request, response) => {
    const { folder } = runOf(parts, request.params.id)
    response.json(readHistory(folder, countAsked(request, 'since', 0)))
  })
  router.get('/runs/:id/metrics.csv', async (request, response) => {
    const { folder, id } = runOf(parts, request.params.id)
    const lines = historyCsv(readHistory(folder, 0))
    response.type('text/csv').attachment(`${id}-metrics.csv`)
    await pipeline(Readable.from(lines), response)
  })
  router.get('/runs/:id/log', async (request, response) => {
    const { folder } = runOf(parts, request.params.id)
    const after = countAsked(request, 'after', -1)
    response.json(await readLog(folder, after < 0 ? undefined : after))
  })
  router.get('/runs/:id/rejected', async (request, response) => {
    const { folder } = runOf(parts, request.params.id)
    response.json(await readRejected(folder, countAsked(request, 'offset', 0), countAsked(request, 'limit', 200, 1000)))
  })
  router.get('/runs/:id/rows', async (request, response) => {
    const { folder, status } = runOf(parts, request.params.id)
    const edge = textOf(request.query['edge'])
    if (edge === '' || edge.length > 1000)
      throw new HttpRefusal(400, 'name an edge: ?edge=text%20%E2%86%92%20vectors', 'Its name is "text → vectors".')
    response.json(await parts.rows.once(folder, edge, status === 'running' ? rowsMilliseconds : 0))
  })
  return router
}
