import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Router, static as staticFiles } from 'express'

/** Serves the built page: its parts, whose names hold their hash, for good; the page itself anew each time. */
export function pageRouter(folder: string): Router {
  const router = Router()
  router.use(
    '/assets',
    staticFiles(join(folder, 'assets'), { index: false, immutable: true, maxAge: '1y', fallthrough: true }),
  )
  router.get('/', (_request, response) => {
    response
      .set('cache-control', 'no-store')
      .type('html')
      .send(readFileSync(join(folder, 'index.html')))
  })
  router.use(
    staticFiles(folder, {
      index: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader('cache-control', 'no-store'),
    }),
  )
  return router
}
