import { Router } from 'express'
import { fieldsOf } from '../body.ts'
import { checkAnswer } from '../check/answer.ts'
import type { ServerContext } from '../context.ts'
import { fileOfId } from '../pipelines/ids.ts'
import { paramsOf } from '../runs/asked.ts'
import type { Watch } from '../watch.ts'

/** `/check`: every problem of a text, and what its nodes and edges have. */
export function checkRouter(context: ServerContext, watch: Watch): Router {
  const router = Router()
  router.post('/check', async (request, response) => {
    const { pipeline, text } = fieldsOf(request, { pipeline: 'text', text: 'text' })
    const { answer, files } = await checkAnswer(
      context,
      fileOfId(context.folder, pipeline),
      text,
      paramsOf(request) ?? {},
    )
    watch.readFrom(pipeline, files)
    response.json(answer)
  })
  return router
}
