import type { Json } from '../sdk/node.ts'
import {
  groupKeys,
  nodeKeys,
  noteKeys,
  type Pipeline,
  paramKeys,
  portText,
  settingKeys,
  topLevelKeys,
} from './model.ts'

const width = 120

/**
 * The pipeline as text for a file: a node a block, an edge a line, always the same order and spacing, so that a diff
 * shows what was changed and nothing else. Formatting what was parsed from such a text gives the same text.
 */
export function formatPipeline(pipeline: Pipeline): string {
  const entries = Object.entries(fileValue(pipeline)).map(([key, value]) => {
    const open = key === 'nodes' || key === 'edges'
    return `  ${JSON.stringify(key)}: ${open ? broken(value, '  ') : written(value, '  ', key.length + 7)}`
  })
  return `{\n${entries.join(',\n')}\n}\n`
}

/** The pipeline as the JSON value of its file, known keys in their order. */
export function fileValue(pipeline: Pipeline): { readonly [key: string]: Json } {
  const { params, settings, edges, nodes, groups, notes, ...rest } = pipeline
  const each = (entries: object, keys: readonly string[]) =>
    Object.fromEntries(Object.entries(entries).map(([id, entry]) => [id, inOrder({ ...entry }, keys)]))
  const top: Record<string, Json> = {
    ...rest,
    ...(params && { params: each(params, paramKeys) }),
    ...(Object.keys(settings).length > 0 && { settings: inOrder({ ...settings } as JsonObject, settingKeys) }),
    nodes: each(nodes, nodeKeys),
    edges: edges.map(({ from, to }) => ({ from: portText(from), to: portText(to) })),
    ...(groups && { groups: each(groups, groupKeys) }),
    ...(notes && { notes: each(notes, noteKeys) }),
  }
  return inOrder(top, topLevelKeys)
}

type JsonObject = { readonly [key: string]: Json }

/** The same keys in the order of the list; keys that are not in it are left out. */
function inOrder(object: JsonObject, keys: readonly string[]): { [key: string]: Json } {
  return Object.fromEntries(keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]])))
}

/** A value on one line where it fits behind the `used` characters, else with an entry a line. */
function written(value: Json, indent: string, used: number): string {
  const line = onOneLine(value)
  return used + line.length <= width ? line : broken(value, indent)
}

function broken(value: Json, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => inner + written(item, inner, inner.length + 1)).join(',\n')}\n${indent}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => {
      const name = `${inner}${JSON.stringify(key)}: `
      return name + written(item, inner, name.length + 1)
    })
    return entries.length ? `{\n${entries.join(',\n')}\n${indent}}` : '{}'
  }
  return JSON.stringify(value)
}

function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`)
  return entries.length ? `{ ${entries.join(', ')} }` : '{}'
}
