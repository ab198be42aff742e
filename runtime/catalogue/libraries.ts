import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import { contract } from '../sdk/contract.ts'

/**
 * The folders of the node libraries: those that the nearest package.json above the runtime names, and those in
 * HEADRACE_NODES, separated as in PATH (our tests bring nodes that lie, stall and crash that way).
 */
export function libraryFolders(): string[] {
  const named = librariesAbove(import.meta.dirname)
  if (named) return [...named, ...(process.env['HEADRACE_NODES']?.split(delimiter).filter(Boolean) ?? [])]
  throw new HeadraceError('no-node-library', 'no package.json above the runtime names a node library', {
    hint: 'Add "headrace": { "nodes": ["@headrace/nodes"] } to the root package.json.',
  })
}

/** The folders of the libraries that the nearest package.json at or above a folder names; null: none names any. */
export function librariesAbove(start: string): string[] | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const names = headraceKey(folder)['nodes']
    if (Array.isArray(names)) return names.map((name) => findPackage(String(name), folder, 'node library'))
    if (folder === dirname(folder)) return null
  }
}

/** The folder of the editor's package, which the nearest package.json above the runtime names; null: it names none. */
export function editorFolder(): string | null {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const name = headraceKey(folder)['editor']
    if (typeof name === 'string') return findPackage(name, folder, 'editor')
    if (folder === dirname(folder)) return null
  }
}

/** The folders of a library, each with the kind of its nodes. */
export const categories = { sources: 'source', transforms: 'transform', models: 'model', sinks: 'sink' } as const

/** The nodes of a library by their types: a file each. A built one goes before its own source. */
export function nodesIn(folder: string): [type: string, file: string][] {
  return Object.keys(categories).flatMap((category) => {
    const inside = join(folder, category)
    if (!existsSync(inside)) return []
    const files = new Map<string, string>()
    for (const name of readdirSync(inside).sort().reverse()) {
      const [, node] = /^([a-z][a-z0-9-]*)\.(?:m?js|ts)$/.exec(name) ?? []
      if (node !== undefined) files.set(node, join(inside, name))
    }
    return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, file]) => [`${category}/${name}`, file])
  })
}

/** Refuses a library that is made for another contract. */
export function checkContract(folder: string): void {
  const made = headraceKey(folder)['contract']
  if (made === undefined || made === contract) return
  const message = `the node library in ${folder} is made for contract ${JSON.stringify(made)}, and this Headrace has ${contract}`
  throw new HeadraceError('contract', message, {
    place: { file: join(folder, 'package.json') },
    hint: 'Take a version of the library, or of Headrace, that fits the other.',
  })
}

function headraceKey(folder: string): { readonly [key: string]: unknown } {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return {}
  const text = readFileSync(file, 'utf8')
  // Those of others are no matter of ours, however they look.
  if (!text.includes('"headrace"')) return {}
  try {
    const { headrace } = JSON.parse(text.replace(/^\ufeff/, '')) as { headrace?: unknown }
    return isRecord(headrace) ? headrace : {}
  } catch (cause) {
    const message = `a package.json is no JSON: ${(cause as Error).message}`
    throw new HeadraceError('bad-package', message, { place: { file }, hint: 'Mend it, or take it away.', cause })
  }
}

/** A package's folder, found as Node finds it; links are followed, for Node runs no TypeScript under node_modules. */
function findPackage(name: string, from: string, what: 'node library' | 'editor'): string {
  // A name, never a path: nothing but what is installed is run.
  const isName = /^(@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name)
  for (let folder = from; isName; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) break
  }
  throw new HeadraceError('no-node-library', `the ${what} ${name} is not installed`, {
    place: { file: join(from, 'package.json') },
    hint: `Install it, or take it out of "headrace": { "${what === 'editor' ? 'editor' : 'nodes'}": … }.`,
  })
}
