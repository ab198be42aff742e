import { Router } from 'express'
import type { PipelineView } from '../api/pipelines.ts'
import { fieldsOf, textOf } from '../body.ts'
import type { ServerContext } from '../context.ts'
import { readDraft } from '../pipelines/drafts.ts'
import type { Found } from '../pipelines/list.ts'
import type { PipelineStore } from '../pipelines/store.ts'
import { HttpRefusal } from '../refuse.ts'
import type { Scheduler } from '../schedules/scheduler.ts'
import type { Watch } from '../watch.ts'

/** `/pipelines`: the folder's pipelines, their texts and their drafts. */
export function pipelinesRouter(
  context: ServerContext,
  store: PipelineStore,
  list: () => Promise<Found[]>,
  { watch, scheduler }: { readonly watch: Watch; readonly scheduler: Pick<Scheduler, 'moved'> },
): Router {
  const { own, io } = context
  const router = Router()
  router.get('/pipelines', async (_request, response) => {
    const views = (await list()).map(async (found): Promise<PipelineView> => {
      const draft = (await readDraft(own, found.id)) !== null
      return { ...found, draft }
    })
    response.json(await Promise.all(views))
  })
  router.post('/pipelines', async (request, response) => {
    const { name } = fieldsOf(request, { name: 'text' })
    const text: unknown = (request.body as { text?: unknown }).text
    if (text !== undefined && typeof text !== 'string') throw new HttpRefusal(400, '"text" must be a text')
    const made = await store.create(name, text ?? null)
    watch.wrote(made, null)
    response.status(201).json(made)
  })
  router.get('/pipelines/:id', async (request, response) => {
    response.json(await store.read(request.params.id))
  })
  router.put('/pipelines/:id', async (request, response) => {
    const change = fieldsOf(request, { text: 'text', base: 'text', client: 'text' })
    const written = watch.writing(request.params.id, change.text)
    try {
      const { saved, changed } = await store.save(request.params.id, change)
      if (changed) watch.wrote(saved, change.client)
      if (!saved.draft) io.emit('draft', saved.id, null, change.client)
      response.json(saved)
    } finally {
      written()
    }
  })
  router.delete('/pipelines/:id', async (request, response) => {
    await store.remove(request.params.id)
    watch.removed(request.params.id)
    response.status(204).end()
  })
  router.post('/pipelines/:id/rename', async (request, response) => {
    const { to } = fieldsOf(request, { to: 'text' })
    const moved = await store.rename(request.params.id, to)
    await scheduler.moved(request.params.id, moved.id)
    watch.removed(request.params.id)
    watch.wrote(moved, null)
    response.json(moved)
  })
  router.post('/pipelines/:id/duplicate', async (request, response) => {
    const copy = await store.duplicate(request.params.id)
    watch.wrote(copy, null)
    response.status(201).json(copy)
  })
  router.put('/pipelines/:id/draft', async (request, response) => {
    const change = fieldsOf(request, { text: 'text', base: 'text', revision: 'number', client: 'text' })
    const draft = await store.draft(request.params.id, change)
    io.emit('draft', request.params.id, draft, change.client)
    response.json(draft)
  })
  router.delete('/pipelines/:id/draft', async (request, response) => {
    const client = textOf(request.query['client'])
    if (await store.discard(request.params.id)) io.emit('draft', request.params.id, null, client)
    response.status(204).end()
  })
  return router
}
