import { dirname, isAbsolute, join } from 'node:path'
import { checkFile } from '../../catalogue/check.ts'
import { givenByPage, type PageParams } from '../../preview/params.ts'
import type { SourceProbe } from '../../sdk/node.ts'
import type { CheckAnswer } from '../api/pipelines.ts'
import type { ServerContext } from '../context.ts'
import { edgeViews } from './edges.ts'
import { nodeViews } from './nodes.ts'

/** Checks a pipeline's text as it stands in the page; `files` are those that its sources read, absolute. */
export async function checkAnswer(
  context: ServerContext,
  file: string,
  text: string,
  params: PageParams,
): Promise<{ answer: CheckAnswer; files: string[] }> {
  const { catalogue, cache, guard, signal } = context
  const checked = await checkFile(file, { text, params: givenByPage(params), catalogue, cache, guard, signal })
  const { pipeline, problems } = checked
  if (!pipeline) return { answer: { problems, params: {}, nodes: {}, edges: [] }, files: [] }
  const edges = edgeViews(pipeline, checked)
  const nodes = nodeViews(pipeline, checked)
  const files = Object.values(checked.nodes).flatMap(({ definition, probe }) => {
    const found = definition.kind === 'source' ? ((probe as SourceProbe | null)?.files ?? []) : []
    return found.map(({ path }) => (isAbsolute(path) ? path : join(dirname(file), path)))
  })
  const values = Object.entries(checked.values.params).map(([name, { value }]) => [name, value] as const)
  return { answer: { problems, params: Object.fromEntries(values), nodes, edges }, files }
}
