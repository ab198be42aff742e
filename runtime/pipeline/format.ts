import type { Json } from '../sdk/node.ts'
import { nodeKeys, type Pipeline, portText, topLevelKeys } from './model.ts'

const width = 120

/**
 * The pipeline as text for a file: a node a block, an edge a line, always the same order and spacing, so that a diff
 * shows what was changed and nothing else. Formatting what was parsed from such a text gives the same text.
 */
export function formatPipeline(pipeline: Pipeline): string {
  const { settings, edges, nodes, ...rest } = pipeline
  const top: Record<string, Json> = {
    ...rest,
    ...(Object.keys(settings).length > 0 && { settings: { ...settings } as Json }),
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, inOrder({ ...node }, nodeKeys)])),
    edges: edges.map(({ from, to }) => ({ from: portText(from), to: portText(to) })),
  }
  const entries = Object.entries(inOrder(top, topLevelKeys)).map(([key, value]) => {
    const open = key === 'nodes' || key === 'edges'
    return `  ${JSON.stringify(key)}: ${open ? broken(value, '  ') : written(value, '  ', key.length + 7)}`
  })
  return `{\n${entries.join(',\n')}\n}\n`
}

/** The same keys in the order of the list; keys that are not in it are left out. */
function inOrder(object: { readonly [key: string]: Json }, keys: readonly string[]): { [key: string]: Json } {
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
