import type { TSchema } from 'typebox'

/** The part of JSON Schema in which settings are declared, as TypeBox writes it. */
export interface Shape {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly TSchema[]
  readonly properties?: { readonly [name: string]: TSchema }
  readonly required?: readonly string[]
  readonly patternProperties?: { readonly [pattern: string]: TSchema }
  readonly additionalProperties?: boolean | TSchema
  readonly items?: TSchema | readonly TSchema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly default?: unknown
  readonly description?: string
  readonly examples?: readonly unknown[]
}

/** A schema as the plain JSON Schema that it is. */
export const shapeOf = (schema: TSchema | undefined): Shape => (schema ?? {}) as Shape // TypeBox hides these behind its types

/** The schema of an object's key: its own, or what any key has. */
export function schemaOfKey({ properties = {}, patternProperties = {} }: Shape, key: string): TSchema | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : Object.values(patternProperties)[0]
}

/** The schema of a list's item. */
export const schemaOfItem = ({ items }: Shape, place: number): TSchema | undefined =>
  Array.isArray(items) ? items[place] : (items as TSchema | undefined) // Array.isArray does not know a readonly list

/** Whether a value is an object with keys, as JSON knows it. */
export const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a JSON value is, for people: `a list`, `the text "x"`. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isRecord(value)) return 'an object'
  const text = JSON.stringify(value) ?? String(value)
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text
  return typeof value === 'string' ? `the text ${short}` : typeof value === 'number' ? `the number ${short}` : short
}

/** Whether a value is a reference to a secret: `{ "secret": "QDRANT_KEY" }`. */
export function isSecret(value: unknown): value is { readonly secret: string } {
  return isRecord(value) && Object.keys(value).length === 1 && typeof value.secret === 'string'
}

/** The values of a choice, where a schema is nothing but one; null where it is more. */
export function choicesOf(schema: TSchema): unknown[] | null {
  const { enum: values, anyOf, ...shape } = shapeOf(schema)
  if (Object.hasOwn(shape, 'const')) return [shape.const]
  if (values) return [...values]
  const branches = anyOf?.map(choicesOf)
  return branches?.every((branch) => branch !== null) ? branches.flat() : null
}

/** Which of several schemas a value was meant for; null where it fits none even in its kind. */
export function branchOf(branches: readonly TSchema[], value: unknown): TSchema | null {
  let best: TSchema | null = null
  let most = 0
  for (const branch of branches) {
    const likeness = likenessOf(branch, value)
    if (likeness > most) [best, most] = [branch, likeness]
  }
  return best
}

/** 0 where the value is of another kind; more the better it fits. */
function likenessOf(schema: TSchema, value: unknown): number {
  const shape = shapeOf(schema)
  const choices = choicesOf(schema)
  if (choices) return choices.includes(value) ? 3 : 0
  if (shape.anyOf) return Math.max(0, ...shape.anyOf.map((branch) => likenessOf(branch, value)))
  switch (shape.type) {
    case undefined:
      return 0.1
    case 'string':
      // Less than an object: a column may be called "secret".
      return typeof value === 'string' ? 2 : isSecret(value) ? 0.5 : 0
    case 'integer':
      return typeof value === 'number' ? (Number.isInteger(value) ? 2 : 0.5) : 0
    case 'null':
      return value === null ? 2 : 0
    case 'array':
      return Array.isArray(value) ? 1 + itemsLikeness(shape, value) : 0
    case 'object':
      return isRecord(value) ? 1 + keysLikeness(shape, value) : 0
    default:
      return typeof value === shape.type ? 2 : 0
  }
}

function itemsLikeness({ items }: Shape, value: readonly unknown[]): number {
  const [first] = Array.isArray(items) ? items : [items]
  if (value.length === 0 || !first) return 1
  return likenessOf(first, value[0]) > 0 ? 1 : 0
}

function keysLikeness(shape: Shape, value: Readonly<Record<string, unknown>>): number {
  const keys = Object.keys(value)
  const fitting = keys.filter((key) => {
    const schema = schemaOfKey(shape, key)
    return schema !== undefined && likenessOf(schema, value[key]) > 0
  })
  return keys.length ? fitting.length / keys.length : 1
}
