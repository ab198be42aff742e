import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { columnOf } from '../memory/index.ts'
import type { Field } from '../pipeline/types.ts'
import { type NodeDefinition, type SinkNode, type SourceNode, Type } from '../sdk/index.ts'

const about = { title: '', description: '', config: Type.Object({}), examples: [] }

/** A source of a test's rows: `values` by column, as `columnOf` takes them. Their file is called `test`. */
export const givingRows = (
  fields: readonly Field[],
  values: readonly (readonly unknown[])[],
  rows: number,
): SourceNode => ({
  ...about,
  kind: 'source',
  probe: async () => ({ columns: fields, files: [] }),
  splits: async () => [{ parts: [], bytes: 0, rows }],
  async *read({ scope, batch }) {
    if (rows === 0) return
    const columns = fields.map(({ type }, i) => columnOf(scope, type, values[i] as readonly unknown[]))
    yield batch('test', 1, rows, columns)
  },
})

/** What stands for a sink, and for ways that lead out of a test: it takes whatever comes and is never opened. */
export const taking: SinkNode = {
  ...about,
  kind: 'sink',
  open: async () => {
    throw new Error('a test opens no sink')
  },
  write: async () => {
    throw new Error('a test stores nothing')
  },
}

/** A folder with a test's texts in place of a source's files. */
export interface TestFolder {
  readonly path: string
  readonly remove: () => void
}

/** How many folders up a source's files may lie. */
const depth = 'a/b/c/d/e/f/g/h'

/** Writes the texts into a folder of their own; null where a path would lead out of it. */
export function folderOf(files: { readonly [path: string]: string }): TestFolder | null {
  const root = mkdtempSync(join(tmpdir(), 'headrace-test-'))
  const path = join(root, depth)
  const remove = () => rmSync(root, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const file = join(path, name)
    const inside = relative(root, file)
    if (isAbsolute(name) || inside.startsWith('..') || inside === '') {
      remove()
      return null
    }
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    } catch {
      // A name that ends in a slash, is a folder of another one, or is too long: it is no file's.
      remove()
      return null
    }
  }
  return { path, remove }
}

/** A source as it is, but that its relative paths start at another folder. */
export function readingIn(definition: NodeDefinition, folder: string): NodeDefinition {
  if (definition.kind !== 'source') return definition
  const there = { folder, resolve: (path: string) => (isAbsolute(path) ? path : join(folder, path)) }
  const { whole, read } = definition
  return {
    ...definition,
    probe: (context) => definition.probe({ ...context, ...there }),
    splits: (context) => definition.splits({ ...context, ...there }),
    ...(whole && { whole: (context: Parameters<typeof whole>[0]) => whole({ ...context, ...there }) }),
    read: (context: Parameters<typeof read>[0]) => read({ ...context, ...there }),
  }
}
