import { readFileSync } from 'node:fs'
import { Router } from 'express'
import { functions } from '../../expression/functions/index.ts'
import { wholeSchema } from '../../pipeline/everynode.ts'
import type { Json, NodeDefinition } from '../../sdk/node.ts'
import type { About, Library, NodeTypeView } from '../api/library.ts'
import type { ServerContext } from '../context.ts'
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
  let library: Promise<Library> | undefined
  router.get('/nodes', async (_request, response) => {
    library ??= readLibrary(context)
    response.json(await library)
  })
  return router
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

async function readLibrary({ catalogue, log }: ServerContext): Promise<Library> {
  const nodes = await Promise.all(
    catalogue.types.map(async (type) => {
      const definition = await catalogue.load(type).catch((error: unknown) => {
        log('warn', String(error))
        return null
      })
      return definition ? [nodeView(type, definition)] : []
    }),
  )
  const known = functions.map(({ name, signature, description }) => ({ name, signature, description }))
  return { nodes: nodes.flat(), functions: known }
}

function nodeView(type: string, definition: NodeDefinition): NodeTypeView {
  const { kind, title, description, examples } = definition
  return {
    type,
    kind,
    title,
    description,
    config: JSON.parse(JSON.stringify(wholeSchema(definition))) as Json,
    examples: examples.map(({ title, config }) => ({ title, config })),
    routes: (kind === 'transform' || kind === 'model') && definition.ports !== undefined,
    search: (kind === 'sink' && definition.search !== undefined) || (kind === 'model' && type === 'models/embed'),
  }
}
