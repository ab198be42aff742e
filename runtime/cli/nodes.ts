import { resolve } from 'node:path'
import { type CatalogueBeside, catalogueBeside } from '../catalogue/load.ts'
import { ownFile } from '../catalogue/own/find.ts'
import { wholeSchema } from '../pipeline/everynode.ts'
import { pipelineSchema } from '../pipeline/jsonschema.ts'
import { isOwnType } from '../pipeline/owntype.ts'
import { HeadraceError, nearest } from '../pipeline/problem.ts'
import { usualInputs } from '../pipeline/usualinputs.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { printError, styled, table } from './print.ts'
import { inputsText, reference, type Setting, settingsOf } from './reference.ts'

interface NodesFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly schema?: boolean
  readonly folder?: string
}

/** `headrace nodes`: the catalogue with the nodes beside the pipelines here, one node, the reference, or the schema of pipeline files. */
export async function nodes(type: string | undefined, flags: NodesFlags): Promise<number> {
  const folder = resolve(flags.folder ?? '.')
  const catalogue = await catalogueBeside(folder)
  if (type) return await explain(type, catalogue, folder, flags)
  const { found: own, broken } = await ownNodes(catalogue)
  const all = { ...(await catalogue.loadAll()), ...own }
  if (flags.schema) print(JSON.stringify(pipelineSchema(all), null, 2))
  else if (flags.markdown) print(reference(all))
  else if (flags.json) print(JSON.stringify(Object.entries(all).map(([name, node]) => asJson(name, node))))
  else print(table(Object.entries(all).map(([name, { description }]) => [name, description])))
  for (const error of broken) process.stderr.write(`${printError(error)}\n`)
  return 0
}

/** The nodes in `nodes/` here; one that cannot be loaded is told, and hides none of the others. */
async function ownNodes(catalogue: CatalogueBeside) {
  const found: Record<string, NodeDefinition> = {}
  const broken: unknown[] = []
  for (const { type } of catalogue.own()) {
    try {
      found[type] = (await catalogue.load(type)) as NodeDefinition // an own type is loaded or throws
    } catch (error) {
      broken.push(error)
    }
  }
  return { found, broken }
}

async function explain(type: string, catalogue: CatalogueBeside, folder: string, flags: NodesFlags): Promise<number> {
  const node = await catalogue.load(type)
  if (!node) {
    const close = nearest(type, [...catalogue.types, ...catalogue.own().map((one) => one.type)])
    throw new HeadraceError('unknown-node', `there is no node "${type}"`, {
      hint: close ? `Did you mean ${close}?` : 'headrace nodes lists them.',
    })
  }
  if (flags.json) print(JSON.stringify(asJson(type, node)))
  else if (flags.markdown) print(reference({ [type]: node }))
  else {
    const every = { ...node, config: wholeSchema(node) } as NodeDefinition
    const rows = settingsOf(every).map((setting) => [setting.name, kindOf(setting), setting.description])
    print(
      `${styled('bold', type)}: ${node.description}\n\n${inputsText(node)
        .map((text) => `${text}\n\n`)
        .join('')}${table(rows)}`,
    )
    for (const { title, config } of node.examples) print(`\n${title}:\n  ${JSON.stringify({ type, config })}`)
    if (isOwnType(type)) print(`\nIt is code of yours, in ${ownFile(type, folder)}: it runs with your rights.`)
  }
  return 0
}

const kindOf = ({ type, fallback, required }: Setting): string =>
  `${type}${fallback !== undefined ? `, default ${fallback}` : required ? ', required' : ''}`

const asJson = (type: string, node: NodeDefinition) => {
  const { kind, title, description, config } = node
  return { type, kind, title, description, inputs: usualInputs(node), config }
}

const print = (text: string) => process.stdout.write(`${text}\n`)
