import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import { contract } from '../sdk/contract.ts'
import type { NodeDefinition } from '../sdk/node.ts'

/** The node types there are. Listing them imports nothing; a definition is imported when it is asked for. */
export interface Catalogue {
  /** `sources/csv`, `transforms/filter`, … */
  readonly types: readonly string[]
  /** Null where there is no such type; throws a HeadraceError where its file is no node. */
  readonly load: (type: string) => Promise<NodeDefinition | null>
  readonly loadAll: () => Promise<Record<string, NodeDefinition>>
}

const categories = { sources: 'source', transforms: 'transform', models: 'model', sinks: 'sink' } as const

/** Lists the node libraries that the root package.json names: every file in `sources`, `transforms`, `models`, `sinks`. */
export async function loadCatalogue(folders?: readonly string[]): Promise<Catalogue> {
  const files = new Map<string, string>()
  for (const folder of folders ?? (await libraryFolders())) {
    checkContract(folder)
    for (const [type, file] of listNodes(folder)) {
      const before = files.get(type)
      if (before) {
        throw new HeadraceError('duplicate-node', `the node type ${type} is in two libraries: ${before} and ${file}`, {
          hint: 'Rename one of the files.',
        })
      }
      files.set(type, file)
    }
  }
  const load = async (type: string) => {
    const file = files.get(type)
    return file === undefined ? null : await loadNode(type, file)
  }
  const types = [...files.keys()]
  const loadAll = async () => {
    const loaded = await Promise.all(types.map(async (type) => [type, await load(type)] as const))
    return Object.fromEntries(loaded) as Record<string, NodeDefinition> // every listed type has a file
  }
  return { types, load, loadAll }
}

/**
 * The folders of the node libraries: those that the nearest package.json above the runtime names, and those in
 * HEADRACE_NODES, separated as in PATH (our tests bring nodes that lie, stall and crash that way).
 */
export async function libraryFolders(): Promise<string[]> {
  return [...namedLibraries(), ...(process.env['HEADRACE_NODES']?.split(delimiter).filter(Boolean) ?? [])]
}

/** The folder of the editor's package, which the nearest package.json above the runtime names; null: it names none. */
export function editorFolder(): string | null {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const name = headraceKey(folder)['editor']
    if (typeof name === 'string') return findPackage(name, folder, 'editor')
    if (folder === dirname(folder)) return null
  }
}

function namedLibraries(): string[] {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const names = librariesNamedIn(folder)
    if (names) return names.map((name) => findPackage(name, folder, 'node library'))
    if (folder === dirname(folder)) break
  }
  throw new HeadraceError('no-node-library', 'no package.json above the runtime names a node library', {
    hint: 'Add "headrace": { "nodes": ["@headrace/nodes"] } to the root package.json.',
  })
}

function librariesNamedIn(folder: string): string[] | null {
  const names = headraceKey(folder)['nodes']
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : null
}

function headraceKey(folder: string): { readonly [key: string]: unknown } {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return {}
  const { headrace } = JSON.parse(readFileSync(file, 'utf8')) as { headrace?: unknown }
  return isRecord(headrace) ? headrace : {}
}

/** A package's folder, found as Node finds it; links are followed, for Node runs no TypeScript under node_modules. */
function findPackage(name: string, from: string, what: 'node library' | 'editor'): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) break
  }
  throw new HeadraceError('no-node-library', `the ${what} ${name} is not installed`, {
    place: { file: join(from, 'package.json') },
    hint: `Install it, or take it out of "headrace": { "${what === 'editor' ? 'editor' : 'nodes'}": … }.`,
  })
}

function checkContract(folder: string): void {
  const made = headraceKey(folder)['contract']
  if (made === undefined || made === contract) return
  const message = `the node library in ${folder} is made for contract ${JSON.stringify(made)}, and this Headrace has ${contract}`
  throw new HeadraceError('contract', message, {
    place: { file: join(folder, 'package.json') },
    hint: 'Take a version of the library, or of Headrace, that fits the other.',
  })
}

function listNodes(folder: string): [type: string, file: string][] {
  return Object.keys(categories).flatMap((category) => {
    const inside = join(folder, category)
    if (!existsSync(inside)) return []
    const names = readdirSync(inside).filter((name) => /^[a-z][a-z0-9-]*\.ts$/.test(name))
    return names.sort().map((name): [string, string] => [`${category}/${name.slice(0, -3)}`, join(inside, name)])
  })
}

async function loadNode(type: string, file: string): Promise<NodeDefinition> {
  let loaded: { readonly default?: unknown }
  try {
    loaded = await import(/* @vite-ignore */ pathToFileURL(file).href)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HeadraceError('node-not-loaded', `the node ${type} could not be loaded: ${why}`, {
      place: { file },
      cause,
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
