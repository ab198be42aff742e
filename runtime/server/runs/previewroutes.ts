import { type Response, Router } from 'express'
import { PreviewProcess } from '../../preview/index.ts'
import { fieldsOf } from '../body.ts'
import type { ServerContext } from '../context.ts'
import { fileOfId } from '../pipelines/ids.ts'
import { clientOf, countOf, nodeOf, paramsOf } from './asked.ts'

const mostPreviewed = 100_000
const mostFound = 200

/** The process of previews, searches and tests; it ends with the server. */
export function startPreviews({ folder, roots, log, closing }: ServerContext): PreviewProcess {
  const process = new PreviewProcess({ within: { folder, roots }, onLog: (text) => log('info', `preview: ${text}`) })
  closing.push(() => process.close())
  return process
}

/** `/preview` and `/search`: the sample's way through the graph, and the stored rows nearest to a question. */
export function previewRoutes({ folder }: ServerContext, process: PreviewProcess): Router {
  const router = Router()
  router.post('/preview', async (request, response) => {
    const { pipeline, text } = fieldsOf(request, { pipeline: 'text', text: 'text' })
    const rows = countOf(request, 'rows', mostPreviewed)
    const client = clientOf(request)
    const params = paramsOf(request)
    const task = {
      file: fileOfId(folder, pipeline),
      text,
      node: nodeOf(request),
      ...(params && { params }),
      ...(rows !== null && { rows }),
      ...(client !== null && { client }),
    }
    await answer(response, (signal) => process.preview(task, signal))
  })
  router.post('/search', async (request, response) => {
    const { pipeline, text, node, question } = fieldsOf(request, {
      pipeline: 'text',
      text: 'text',
      node: 'text',
      question: 'text',
    })
    const rows = countOf(request, 'rows', mostFound)
    const params = paramsOf(request)
    const asked = { ...(params && { params }), ...(rows !== null && { rows }) }
    const task = { file: fileOfId(folder, pipeline), text, node, question, ...asked }
    await answer(response, (signal) => process.search(task, signal))
  })
  return router
}

/** Works as long as whoever asked is there. */
export async function answer(response: Response, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the request was closed')))
  try {
    response.json(await work(gone.signal))
  } catch (error) {
    if (!gone.signal.aborted) throw error
  }
}
