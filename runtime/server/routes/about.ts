import { readFileSync } from 'node:fs'
import { Router } from 'express'
import type { About } from '../api/library.ts'
import type { ServerContext } from '../context.ts'
import { libraryReader } from '../library.ts'
import { openApi } from '../openapi/document.ts'

/** `/about`, `/nodes`, `/openapi.json`: where the page is, which nodes and functions there are, what can be asked. */
export function aboutRouter(context: ServerContext): Router {
  const router = Router()
  router.get('/about', (_request, response) => {
    const { folder, roots, command } = context
    response.json({ version, folder, data: roots, command } satisfies About)
  })
  router.get('/openapi.json', (_request, response) => {
    response.json(openApi(version))
  })
  const library = libraryReader(context)
  router.get('/nodes', async (request, response) => {
    const { pipeline } = request.query
    response.json(await library(typeof pipeline === 'string' && pipeline ? pipeline : null))
  })
  return router
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
