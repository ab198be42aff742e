import type { Json } from '../sdk/node.ts'
import { forbiddenKeys } from './json.ts'
import type { Pipeline } from './model.ts'
import { nearest, type Problem } from './problem.ts'

export interface Overridden {
  readonly pipeline: Pipeline
  readonly problems: Problem[]
  /** What was set: the node and the path inside its settings; null where the text could not be applied. */
  readonly set: { readonly node: string; readonly setting: string } | null
}

/**
 * Applies `--set node.setting=value`: the pipeline with one setting changed, the given one untouched. The value is JSON
 * where it parses, else text; `node.columns.price=…` and `node.routes[0].where=…` reach inside a setting.
 */
export function applySet(pipeline: Pipeline, text: string): Overridden {
  const failed = (code: string, message: string, hint: string, node?: string): Overridden => ({
    pipeline,
    problems: [
      { severity: 'error', code, message: `--set ${text}: ${message}`, hint, place: { ...(node && { node }) } },
    ],
    set: null,
  })
  const [, node, setting, value] = /^([^.=[\]]+)\.([^=]+)=(.*)$/s.exec(text) ?? []
  if (node === undefined || setting === undefined || value === undefined) {
    return failed(
      'bad-override',
      'this is not of the form node.setting=value',
      'For example: --set orders.path=today.csv',
    )
  }
  const known = Object.keys(pipeline.nodes)
  const given = Object.hasOwn(pipeline.nodes, node) ? pipeline.nodes[node] : undefined
  if (!given) {
    const meant = nearest(node, known)
    const hint = meant ? `Did you mean "${meant}"?` : `The nodes are ${known.join(', ')}.`
    return failed('unknown-node', `there is no node "${node}"`, hint)
  }
  const path = readPath(setting)
  if (!path)
    return failed('bad-override', `"${setting}" is no setting's path`, 'Write columns.price or routes[0].where.', node)
  const config = changed(given.config, path, readValue(value))
  if (config === undefined) {
    return failed('bad-override', `"${setting}" leads into a value that has no parts`, 'Set the whole setting.', node)
  }
  const nodes = { ...pipeline.nodes, [node]: { ...given, config: config as { readonly [name: string]: Json } } }
  return { pipeline: { ...pipeline, nodes }, problems: [], set: { node, setting } }
}

function readPath(text: string): (string | number)[] | null {
  const parts = text.match(/[^.[\]]+|\[[0-9]+\]/g) ?? []
  const path = parts.map((part) => (part.startsWith('[') ? Number(part.slice(1, -1)) : part))
  const same = path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i ? `.${part}` : part)).join('')
  return same === text && !path.some((part) => forbiddenKeys.has(String(part))) ? path : null
}

function readValue(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return hasForbiddenKey(value) ? text : value
  } catch {
    return text
  }
}

function hasForbiddenKey(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => forbiddenKeys.has(key) || hasForbiddenKey(item))
}

/** A copy with the value at a path changed; objects on the way are made; undefined where the way is closed. */
function changed(value: Json | undefined, [part, ...rest]: readonly (string | number)[], to: Json): Json | undefined {
  if (part === undefined) return to
  if (typeof part === 'number') {
    if (!Array.isArray(value) || part > value.length) return undefined
    const item = changed(value[part], rest, to)
    if (item === undefined) return undefined
    const copy: Json[] = [...value]
    copy[part] = item
    return copy
  }
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) return undefined
  const object = (value ?? {}) as { readonly [key: string]: Json } // the line above leaves objects only
  const item = changed(Object.hasOwn(object, part) ? object[part] : undefined, rest, to)
  return item === undefined ? undefined : { ...object, [part]: item }
}
