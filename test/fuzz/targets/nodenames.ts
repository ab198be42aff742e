import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const nodes = join(import.meta.dirname, '..', '..', '..', 'nodes')

/** The node types of the library: `sources/csv`. */
export const nodeNames: readonly string[] = ['sources', 'transforms', 'models', 'sinks'].flatMap((kind) =>
  readdirSync(join(nodes, kind))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${kind}/${name.slice(0, -3)}`),
)
