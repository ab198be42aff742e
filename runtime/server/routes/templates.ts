import { Router } from 'express'
import type { TemplateView } from '../api/library.ts'
import type { ServerContext } from '../context.ts'
import type { PipelineStore } from '../pipelines/store.ts'
import { HttpRefusal } from '../refuse.ts'
import { copyTemplate } from '../templates/copy.ts'
import type { Examples } from '../templates/list.ts'
import type { Watch } from '../watch.ts'

/** `/templates`: examples that are copied into the folder. */
export function templatesRouter(
  context: ServerContext,
  { templates }: Examples,
  store: PipelineStore,
  watch: Watch,
): Router {
  const router = Router()
  router.get('/templates', (_request, response) => {
    response.json(templates.map(({ name, title, description }): TemplateView => ({ name, title, description })))
  })
  router.post('/templates/:name', async (request, response) => {
    const template = templates.find(({ name }) => name === request.params.name)
    if (!template) throw new HttpRefusal(404, `there is no template ${request.params.name}`)
    const id = await copyTemplate(template, context.folder)
    watch.wrote(await store.read(id), null)
    response.status(201).json({ id })
  })
  return router
}
