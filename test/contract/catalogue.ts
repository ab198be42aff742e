import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeDefinition } from '@headrace/runtime/sdk'

export const nodesFolder = join(import.meta.dirname, '../../nodes')
/** Where the paths of models' examples start: a folder beside `examples/models`. */
export const examplesFolder = join(import.meta.dirname, '../../examples/contract')

/** The type of every node: its file's path without the ending. */
export const nodeTypes: readonly string[] = ['sources', 'transforms', 'models', 'sinks'].flatMap((folder) =>
  readdirSync(join(nodesFolder, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file.slice(0, -3)}`),
)

/** Imports every node of the catalogue. */
export async function loadCatalogue(): Promise<(readonly [string, NodeDefinition])[]> {
  return await Promise.all(
    nodeTypes.map(async (type) => {
      const file = (await import(join(nodesFolder, `${type}.ts`))) as { default: NodeDefinition }
      return [type, file.default] as const
    }),
  )
}
