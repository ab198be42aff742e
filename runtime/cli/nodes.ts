import { loadCatalogue } from '../catalogue/load.ts'
import { wholeSchema } from '../pipeline/everynode.ts'
import { pipelineSchema } from '../pipeline/jsonschema.ts'
import { HeadraceError, nearest } from '../pipeline/problem.ts'

import type { NodeDefinition } from '../sdk/node.ts'
import { styled, table } from './print.ts'
import { reference, type Setting, settingsOf } from './reference.ts'

interface NodesFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly schema?: boolean
}

/** `headrace nodes`: the catalogue, one node, the reference, or the schema of pipeline files. */
export async function nodes(type: string | undefined, flags: NodesFlags): Promise<number> {
  const catalogue = await loadCatalogue()
  if (type) return await explain(type, catalogue, flags)
  const all = await catalogue.loadAll()
  if (flags.schema) print(JSON.stringify(pipelineSchema(all), null, 2))
  else if (flags.markdown) print(reference(all))
  else if (flags.json) print(JSON.stringify(Object.entries(all).map(([name, node]) => asJson(name, node))))
  else print(table(Object.entries(all).map(([name, { description }]) => [name, description])))
  return 0
}

async function explain(
  type: string,
  catalogue: Awaited<ReturnType<typeof loadCatalogue>>,
  flags: NodesFlags,
): Promise<number> {
  const node = await catalogue.load(type)
  if (!node) {
    const close = nearest(type, catalogue.types)
    throw new HeadraceError('unknown-node', `there is no node "${type}"`, {
      hint: close ? `Did you mean ${close}?` : 'headrace nodes lists them.',
    })
  }
  if (flags.json) print(JSON.stringify(asJson(type, node)))
  else if (flags.markdown) print(reference({ [type]: node }))
  else {
    const every = { ...node, config: wholeSchema(node) } as NodeDefinition
    const rows = settingsOf(every).map((setting) => [setting.name, kindOf(setting), setting.description])
    print(`${styled('bold', type)}: ${node.description}\n\n${table(rows)}`)
    for (const { title, config } of node.examples) print(`\n${title}:\n  ${JSON.stringify({ type, config })}`)
  }
  return 0
}

const kindOf = ({ type, fallback, required }: Setting): string =>
  `${type}${fallback !== undefined ? `, default ${fallback}` : required ? ', required' : ''}`

const asJson = (type: string, { kind, title, description, config }: NodeDefinition) => ({
  type,
  kind,
  title,
  description,
  config,
})

const print = (text: string) => process.stdout.write(`${text}\n`)
