import { isRecord } from '../../pipeline/shape.ts'
import { contract } from '../../sdk/contract.ts'
import type { NodeDefinition } from '../../sdk/node.ts'

/** What a node's file exports, as it came. */
export interface Exported {
  readonly default?: unknown
  /** The contract that it was made for, where it says so. */
  readonly contract?: unknown
}

const functions: { readonly [kind in NodeDefinition['kind']]: readonly string[] } = {
  source: ['probe', 'splits', 'read'],
  transform: ['columns', 'run'],
  table: ['columns', 'write', 'gather', 'read'],
  model: ['columns', 'run'],
  sink: ['open', 'write'],
}

/** What keeps an export from being a node, with what to do; null where it is one. */
export function notANode({ default: node, contract: made }: Exported): { message: string; hint: string } | null {
  const makers = 'transform({ … }), source, model, sink or table of @headrace/runtime/sdk'
  if (made !== undefined && made !== contract) {
    const message = `it is made for contract ${JSON.stringify(made)}, and this Headrace has ${contract}`
    return { message, hint: 'Take a Headrace that fits, or bring the node up to date and the number with it.' }
  }
  if (node === undefined) return { message: 'it has no default export', hint: `Write: export default ${makers}.` }
  if (!isRecord(node) || typeof node['kind'] !== 'string')
    return { message: 'its default export is no node', hint: `Make it with ${makers}.` }
  const { kind } = node
  if (!Object.hasOwn(functions, kind))
    return { message: `its default export is a "${kind}", which is no kind of node`, hint: `Make it with ${makers}.` }
  const missing = [...infoMissing(node), ...functionsMissing(node, kind as NodeDefinition['kind'])]
  if (missing.length === 0) return null
  const message = `it does not keep the contract of a ${kind}: ${missing.join('; ')}`
  return { message, hint: `headrace nodes new ./another --kind ${kind} writes one that does.` }
}

function infoMissing(node: Record<string, unknown>): string[] {
  const isText = (value: unknown) => typeof value === 'string' && value.trim() !== ''
  const { title, description, config, examples } = node
  return [
    ...(isText(title) ? [] : ['"title" must be a text']),
    ...(isText(description) ? [] : ['"description" must be a text']),
    ...(isRecord(config) && config['type'] === 'object' ? [] : ['"config" must be a Type.Object({ … })']),
    ...(Array.isArray(examples) ? [] : ['"examples" must be a list']),
  ]
}

function functionsMissing(node: Record<string, unknown>, kind: NodeDefinition['kind']): string[] {
  const isFunction = (value: unknown) => typeof value === 'function'
  const missing = functions[kind]
    .filter((name) => !isFunction(node[name]))
    .map((name) => `"${name}" must be a function`)
  const { resource } = node
  const holds = isRecord(resource) && isFunction(resource['key']) && isFunction(resource['open'])
  return kind === 'model' && !holds ? [...missing, '"resource" must have the functions key and open'] : missing
}
