import type { Json } from '../../sdk/node.ts'

/** A JSON Schema as OpenAPI 3.1 takes it. */
export type ApiSchema = { readonly [key: string]: Json }

export const text: ApiSchema = { type: 'string' }
export const number: ApiSchema = { type: 'number' }
export const whole: ApiSchema = { type: 'integer' }
export const yes: ApiSchema = { type: 'boolean' }
export const anything: ApiSchema = {}

export const list = (items: ApiSchema): ApiSchema => ({ type: 'array', items })
export const map = (values: ApiSchema): ApiSchema => ({ type: 'object', additionalProperties: values })
export const oneOf = (...values: string[]): ApiSchema => ({ type: 'string', enum: values })
export const orNull = (schema: ApiSchema): ApiSchema => ({ anyOf: [schema, { type: 'null' }] })
export const ref = (name: string): ApiSchema => ({ $ref: `#/components/schemas/${name}` })
export const about = (schema: ApiSchema, description: string): ApiSchema => ({ ...schema, description })

/** An object; a name that ends in `?` may be left out. Further fields may come with later versions. */
export function object(fields: { readonly [name: string]: ApiSchema }): ApiSchema {
  const names = Object.keys(fields)
  const required = names.filter((name) => !name.endsWith('?'))
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), fields[name] as ApiSchema])),
    ...(required.length > 0 && { required }),
  }
}

export const both = (...schemas: ApiSchema[]): ApiSchema => ({ allOf: schemas })
