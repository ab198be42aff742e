import { Router } from 'express'
import type { PreviewProcess } from '../../preview/index.ts'
import { fieldsOf } from '../body.ts'
import { HttpRefusal } from '../refuse.ts'
import { countOf } from './asked.ts'
import { type RunParts, runOf } from './parts.ts'
import { answer } from './previewroutes.ts'

const mostTraced = 20
const longest = 4096

/** `/runs/:id/trace`: the way of a row through the run's nodes, in the process of previews. */
export function traceRoutes(parts: RunParts, process: PreviewProcess): Router {
  const router = Router()
  router.post('/runs/:id/trace', async (request, response) => {
    const { folder } = runOf(parts, request.params.id)
    const { row } = fieldsOf(request, { row: 'text' })
    if (row.length > longest) throw new HttpRefusal(400, `"row" must have at most ${longest} characters`)
    const rows = countOf(request, 'rows', mostTraced)
    const task = { run: folder, row, ...(rows && { rows }) }
    await answer(response, (signal) => process.trace(task, signal))
  })
  return router
}
