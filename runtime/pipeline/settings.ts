import type { TSchema } from 'typebox'
import { branchOf, isRecord, schemaOfItem, schemaOfKey, shapeOf } from './shape.ts'

/** The settings with every default filled in that the schema declares, also inside lists and objects that are given. */
export function withDefaults(schema: TSchema, settings: unknown): Record<string, unknown> {
  return filled(schema, isRecord(settings) ? settings : {}) as Record<string, unknown> // an object in, an object out
}

function filled(schema: TSchema | undefined, value: unknown): unknown {
  const shape = shapeOf(schema)
  const { anyOf, properties = {} } = shape
  if (anyOf) return filled(branchOf(anyOf, value) ?? undefined, value)
  if (Array.isArray(value)) return value.map((item, i) => filled(schemaOfItem(shape, i), item))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, filled(schemaOfKey(shape, key), item)] as const)
  for (const [name, property] of Object.entries(properties)) {
    const { default: fallback } = shapeOf(property)
    if (!Object.hasOwn(value, name) && fallback !== undefined) entries.push([name, structuredClone(fallback)])
  }
  return Object.fromEntries(entries)
}
