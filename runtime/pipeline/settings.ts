import type { TSchema } from 'typebox'
import { branchOf, isRecord, shapeOf } from './shape.ts'

/** The settings with every default filled in that the schema declares, also inside lists and objects that are given. */
export function withDefaults(schema: TSchema, settings: unknown): Record<string, unknown> {
  return filled(schema, isRecord(settings) ? settings : {}) as Record<string, unknown> // an object in, an object out
}

function filled(schema: TSchema | undefined, value: unknown): unknown {
  const { anyOf, properties = {}, patternProperties, items } = shapeOf(schema)
  if (anyOf) return filled(branchOf(anyOf, value) ?? undefined, value)
  if (Array.isArray(value)) return value.map((item, i) => filled(Array.isArray(items) ? items[i] : items, item))
  if (!isRecord(value)) return value
  const [any] = Object.values(patternProperties ?? {})
  const inner = (key: string) => (Object.hasOwn(properties, key) ? properties[key] : any)
  const entries = Object.entries(value).map(([key, item]) => [key, filled(inner(key), item)] as const)
  for (const [name, property] of Object.entries(properties)) {
    const { default: fallback } = shapeOf(property)
    if (!Object.hasOwn(value, name) && fallback !== undefined) entries.push([name, structuredClone(fallback)])
  }
  return Object.fromEntries(entries)
}
