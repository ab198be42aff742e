import { pathToFileURL } from 'node:url'
import { isOwnType } from '../pipeline/owntype.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { categories, checkContract, librariesAbove, libraryFolders, nodesIn } from './libraries.ts'
import { type OwnFile, ownFilesBeside } from './own/find.ts'

/** The node types there are. Listing them imports nothing; a definition is imported when it is asked for. */
export interface Catalogue {
  /** `sources/csv`, `transforms/filter`, … */
  readonly types: readonly string[]
  /** Null where there is no such type; throws a HeadraceError where its file is no node. */
  readonly load: (type: string) => Promise<NodeDefinition | null>
  /** Those of the libraries. */
  readonly loadAll: () => Promise<Record<string, NodeDefinition>>
  /** Where each type's file lies. */
  readonly files: ReadonlyMap<string, string>
}

/** The catalogue as the pipelines of a folder see it: with the libraries of their project, and their own nodes. */
export interface CatalogueBeside extends Catalogue {
  /** The nodes in `nodes/` beside the pipelines; `load` takes any `./path` and `../path`. */
  readonly own: () => readonly OwnFile[]
}

/** Lists the node libraries that the root package.json names: every file in `sources`, `transforms`, `models`, `sinks`. */
export async function loadCatalogue(folders?: readonly string[]): Promise<Catalogue> {
  if (process.env['HEADRACE_NODES']) await lend()
  return catalogueOf(listed(folders ?? libraryFolders()))
}

/**
 * The catalogue for the pipelines of a folder. The libraries that the nearest package.json above them names come to
 * those of Headrace; throws where one is not installed, or brings a type that is there already.
 */
export async function catalogueBeside(folder: string, base?: Catalogue): Promise<CatalogueBeside> {
  const known = base ?? (await loadCatalogue())
  const found = listed(librariesAbove(folder) ?? [])
  const more = [...found].filter(([type, file]) => known.files.get(type) !== file)
  if (more.length) await lend()
  const whole = more.length ? catalogueOf(joined(known.files, new Map(more))) : known
  return {
    ...whole,
    own: () => ownFilesBeside(folder),
    load: async (type) =>
      isOwnType(type) ? await (await import('./own/load.ts')).loadOwn(type, folder) : await whole.load(type),
  }
}

/** Few runs have nodes of others: what those need is not loaded by the rest. */
const lend = async (): Promise<void> => (await import('./own/hooks.ts')).lendRuntime()

function catalogueOf(files: ReadonlyMap<string, string>): Catalogue {
  const types = [...files.keys()]
  const load = async (type: string) => {
    const file = files.get(type)
    return file === undefined ? null : await loadNode(type, file)
  }
  const loadAll = async () => {
    const loaded = await Promise.all(types.map(async (type) => [type, await load(type)] as const))
    return Object.fromEntries(loaded) as Record<string, NodeDefinition> // every listed type has a file
  }
  return { types, load, loadAll, files }
}

function listed(folders: readonly string[]): ReadonlyMap<string, string> {
  let files: ReadonlyMap<string, string> = new Map()
  for (const folder of folders) {
    checkContract(folder)
    files = joined(files, new Map(nodesIn(folder)))
  }
  return files
}

function joined(first: ReadonlyMap<string, string>, second: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const [type, file] of second) {
    const before = first.get(type)
    if (before === undefined) continue
    throw new HeadraceError('duplicate-node', `the node type ${type} is in two libraries: ${before} and ${file}`, {
      hint: 'Rename one of the files; a library may put its name before its nodes: acme-filter.ts.',
    })
  }
  return new Map([...first, ...second])
}

async function loadNode(type: string, file: string): Promise<NodeDefinition> {
  let loaded: { readonly default?: unknown }
  try {
    loaded = await import(/* @vite-ignore */ pathToFileURL(file).href)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const stripping = cause instanceof Error && 'code' in cause && String(cause.code).includes('NODE_MODULES_TYPE')
    throw new HeadraceError('node-not-loaded', `the node ${type} could not be loaded: ${why}`, {
      place: { file },
      cause,
      ...(stripping && { hint: 'A package that is installed brings JavaScript: publish .js files beside the .ts.' }),
    })
  }
  const node = loaded.default
  const kind = categories[type.split('/')[0] as keyof typeof categories]
  // A node that needs all rows is a transform to those who look for one.
  const kinds: readonly unknown[] = kind === 'transform' ? ['transform', 'table'] : [kind]
  if (isRecord(node) && kinds.includes(node.kind) && isRecord(node.config)) return node as unknown as NodeDefinition
  throw new HeadraceError('not-a-node', `${file} is no ${kind}`, {
    place: { file },
    hint: `Its default export must be made with ${kind}({ … }) of @headrace/runtime/sdk.`,
  })
}
