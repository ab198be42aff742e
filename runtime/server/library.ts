import { dirname } from 'node:path'
import { type Catalogue, catalogueBeside } from '../catalogue/load.ts'
import { isInside, realPath } from '../catalogue/pathguard.ts'
import { functions } from '../expression/functions/index.ts'
import { wholeSchema } from '../pipeline/everynode.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { usualInputs } from '../pipeline/usualinputs.ts'
import type { Json, NodeDefinition } from '../sdk/node.ts'
import type { Library, NodeTypeView } from './api/library.ts'
import type { ServerContext } from './context.ts'
import { fileOfId, idOfFile } from './pipelines/ids.ts'

/** Reads the node types that there are for a pipeline, by its id: those of the libraries, and its own as they stand now. */
export function libraryReader(context: ServerContext): (pipeline: string | null) => Promise<Library> {
  const known = functions.map(({ name, signature, description }) => ({ name, signature, description }))
  let common: Promise<NodeTypeView[]> | undefined
  return async (pipeline) => {
    const views = await (common ??= readTypes(context.catalogue, context.catalogue.types, context))
    if (pipeline === null) return { nodes: views, functions: known, broken: [] }
    const { nodes, broken } = await readBeside(context, dirname(fileOfId(context.folder, pipeline)))
    return { nodes: [...views, ...nodes], functions: known, broken }
  }
}

/** What a folder's project and its own files bring. */
async function readBeside(context: ServerContext, folder: string): Promise<Pick<Library, 'nodes' | 'broken'>> {
  const nodes: NodeTypeView[] = []
  const broken: Library['broken'][number][] = []
  const note = (type: string, error: unknown) => {
    if (!(error instanceof HeadraceError)) throw error
    broken.push({ type, message: error.message, ...(error.hint && { hint: error.hint }) })
  }
  const catalogue = await catalogueBeside(folder, context.catalogue).catch((error: unknown) => note('', error))
  if (!catalogue) return { nodes, broken }
  const more = catalogue.types.filter((type) => !context.catalogue.types.includes(type))
  nodes.push(...(await readTypes(catalogue, more, context)))
  for (const { type, file } of catalogue.own()) {
    const real = realPath(file)
    if (!context.guard.mayRun(real)) continue
    try {
      const definition = (await catalogue.load(type)) as NodeDefinition // an own type is loaded or throws
      const shown = isInside(context.folder, real) ? idOfFile(context.folder, real) : real
      nodes.push({ ...nodeView(type, definition), own: shown })
    } catch (error) {
      note(type, error)
    }
  }
  return { nodes, broken }
}

async function readTypes(
  catalogue: Catalogue,
  types: readonly string[],
  { log }: ServerContext,
): Promise<NodeTypeView[]> {
  const views = types.map(async (type) => {
    const definition = await catalogue.load(type).catch((error: unknown) => {
      log('warn', String(error))
      return null
    })
    return definition ? [nodeView(type, definition)] : []
  })
  return (await Promise.all(views)).flat()
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
    inputs: usualInputs(definition),
    routes: (kind === 'transform' || kind === 'model') && definition.ports !== undefined,
    search: (kind === 'sink' && definition.search !== undefined) || (kind === 'model' && type === 'models/embed'),
  }
}
