import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { probeCache } from '../catalogue/cache.ts'
import { type Catalogue, loadCatalogue } from '../catalogue/load.ts'
import { Pool } from '../memory/index.ts'
import type { ModelNode, NodeDefinition } from '../sdk/node.ts'
import type { PreviewWorld } from './preview.ts'
import { Results } from './results.ts'
import { Sessions } from './sessions.ts'

process.env['HEADRACE_NODES'] = join(import.meta.dirname, '..', '..', 'test', 'nodes')

/** Nodes as [type, settings, more], edges as [from, to]. */
export function pipelineText(
  nodes: Record<string, readonly [type: string, config?: object, more?: object]>,
  edges: readonly (readonly [from: string, to: string])[],
): string {
  const written = Object.entries(nodes).map(([id, [type, config = {}, more = {}]]) => [id, { type, config, ...more }])
  return JSON.stringify({
    headrace: 1,
    nodes: Object.fromEntries(written),
    edges: edges.map(([from, to]) => ({ from, to })),
  })
}

/** A folder with files, and a world whose models count the rows that they are asked for. */
export async function trial(files: Record<string, string> = {}, bytes?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-preview-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const calls: number[] = []
  const world: PreviewWorld & { readonly results: Results } = {
    results: new Results(new Pool(1 << 28), bytes),
    sessions: new Sessions(),
    cache: probeCache(),
    catalogue: counting(await loadCatalogue(), calls),
  }
  return { folder, file: join(folder, 'pipeline.json'), world, calls }
}

function counting(catalogue: Catalogue, calls: number[]): Catalogue {
  const wrapped = new Map<string, NodeDefinition>()
  return {
    ...catalogue,
    async load(type) {
      const definition = await catalogue.load(type)
      if (definition?.kind !== 'model') return definition
      const known = wrapped.get(type) ?? withCounting(definition, calls)
      wrapped.set(type, known)
      return known
    },
  }
}

function withCounting(definition: ModelNode, calls: number[]): ModelNode {
  const { resource } = definition
  return {
    ...definition,
    resource: {
      ...resource,
      open: async (context) => {
        const session = await resource.open(context)
        return {
          ...session,
          infer: async (batch) => {
            calls.push(batch.rows)
            return await session.infer(batch)
          },
        }
      },
    },
  }
}

/** A CSV with a header `n,text` and `count` rows. */
export const numbers = (count: number): string =>
  `n,text\n${Array.from({ length: count }, (_, i) => `${i + 1},text ${i + 1}\n`).join('')}`
