import type { Pipeline } from '../pipeline/model.ts'
import { isOwnType } from '../pipeline/owntype.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { type Catalogue, catalogueBeside, loadCatalogue } from './load.ts'
import { ownFile } from './own/find.ts'
import { type PathGuard, realPath } from './pathguard.ts'

/** The definitions of a pipeline's node types. */
export interface Loaded {
  /** Null where there is no such type, or where it could not be loaded. */
  readonly definitions: Record<string, NodeDefinition | null>
  /** Why a type could not be loaded, at the first node of it; what concerns a package.json names no node. */
  readonly problems: readonly Problem[]
  /** Every type of which nothing more need be said, and those that could be meant. */
  readonly known: readonly string[]
}

/** Loads what a pipeline in a folder uses: nodes of libraries, and its own where the guard lets their code run. */
export async function loadDefinitions(
  pipeline: Pipeline,
  folder: string,
  base?: Catalogue,
  guard?: PathGuard,
): Promise<Loaded> {
  const definitions: Record<string, NodeDefinition | null> = {}
  const problems: Problem[] = []
  const note = (error: unknown, node?: string) => {
    if (!(error instanceof HeadraceError)) throw error
    const { code, message, hint, place } = error
    problems.push({ severity: 'error', code, message, ...(hint && { hint }), place: node ? { node } : place })
  }
  const library = base ?? (await loadCatalogue())
  const catalogue = await catalogueBeside(folder, library).catch((error: unknown) => {
    note(error)
    return library
  })
  const users = new Map(
    Object.entries(pipeline.nodes)
      .toReversed()
      .map(([id, { type }]) => [type, id]),
  )
  await Promise.all(
    [...users].map(async ([type, node]) => {
      try {
        if (guard && isOwnType(type)) refuseOutside(type, folder, guard)
        definitions[type] = await catalogue.load(type)
      } catch (error) {
        note(error, node)
        definitions[type] = null
      }
    }),
  )
  const own = [...users.keys()].filter(isOwnType)
  const beside = 'own' in catalogue ? catalogue.own().map(({ type }) => type) : []
  return { definitions, problems, known: [...catalogue.types, ...new Set([...own, ...beside])] }
}

/** Opening a pipeline in the page runs its nodes' code: only what lies where the page's owner put pipelines and data. */
function refuseOutside(type: string, folder: string, guard: PathGuard): void {
  const file = ownFile(type, folder)
  if (guard.mayRun(realPath(file))) return
  throw new HeadraceError('outside', `the node ${type} lies outside of the folder that this page was started with`, {
    hint: 'Put it below that folder. The command line, headrace run, takes it from anywhere.',
  })
}
