import { Router } from 'express'
import { textOf } from '../body.ts'
import type { ServerContext } from '../context.ts'
import { browse } from '../files/browse.ts'
import { takeFile } from '../files/upload.ts'
import { HttpRefusal } from '../refuse.ts'

/** `/files`: what a picker shows, and where a file that is dropped on the page goes. To stand before bodies are read. */
export function filesRouter(context: ServerContext): Router {
  const router = Router()
  router.get('/files', async ({ query }, response) => {
    response.json(await browse(context, textOf(query['pipeline']), textOf(query['path'])))
  })
  router.post('/files', async (request, response) => {
    const name = textOf(request.query['name'])
    if (!name) throw new HttpRefusal(400, 'the file has no name', 'POST /api/files?name=orders.csv')
    const length = Number(request.headers['content-length'])
    const known = request.headers['content-length'] !== undefined && Number.isSafeInteger(length) ? length : null
    response.status(201).json(await takeFile(context, textOf(request.query['pipeline']), name, request, known))
  })
  return router
}
