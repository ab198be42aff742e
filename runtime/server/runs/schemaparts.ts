import type { Json } from '../../sdk/node.ts'

// JSON Schema in few words.

/** A schema by its name. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
export const listOf = (items: Json): Json => ({ type: 'array', items })
export const text: Json = { type: 'string' }
export const number: Json = { type: 'number' }
export const count: Json = { type: 'integer', minimum: 0 }
export const yes: Json = { type: 'boolean' }
export const choice = (...values: readonly string[]): Json => ({ type: 'string', enum: values })
export const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] })
export const mapOf = (values: Json): Json => ({ type: 'object', additionalProperties: values })
/** An object with these properties and, perhaps, some more. */
export const object = (
  properties: { readonly [name: string]: Json },
  optional: { readonly [name: string]: Json } = {},
): Json => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
})
