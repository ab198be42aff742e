import type { TSchema } from 'typebox'

/** The settings with every default filled in that the schema declares. */
export function withDefaults(schema: TSchema, settings: unknown): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { default?: unknown }> }).properties ?? {}
  const given = (settings ?? {}) as Record<string, unknown>
  const filled: Record<string, unknown> = { ...given }
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(filled, name) && property.default !== undefined) filled[name] = structuredClone(property.default)
  }
  return filled
}
