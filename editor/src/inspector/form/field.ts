import type { Json } from '@headrace/runtime/api'
import { choicesOf, type Shape, shapeOf } from '@headrace/runtime/pipeline'

export type TextFormat =
  | 'plain'
  | 'expression'
  | 'sql'
  | 'column'
  | 'type'
  | 'path'
  | 'folder'
  | 'secret'
  | 'pattern'
  | 'tokenizer'

/** What takes a value of a setting; made from its schema alone. */
export type Field =
  /** `number`: a text that is a number is written as one (`500` beside `"10%"`). */
  | { readonly kind: 'text'; readonly format: TextFormat; readonly number: boolean }
  | { readonly kind: 'number'; readonly whole: boolean; readonly least: number | null; readonly most: number | null }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly Json[] }
  /** Names of columns; `single`: one name alone is written as a text, not as a list. */
  | { readonly kind: 'columns'; readonly single: boolean }
  /** `single`: one value alone is written as itself, not as a list. */
  | { readonly kind: 'list'; readonly item: Field; readonly single: boolean; readonly least: number }
  | { readonly kind: 'record'; readonly value: Field }
  /** `short`: an object in which nothing but this setting is set is written as its text. */
  | { readonly kind: 'object'; readonly settings: readonly Setting[]; readonly short: string | null }
  | { readonly kind: 'tuple'; readonly items: readonly Field[] }
  | { readonly kind: 'union'; readonly ways: readonly Way[] }
  /** What no other field fits: written as JSON. */
  | { readonly kind: 'json' }

export interface Way {
  readonly schema: Json
  readonly field: Field
}

/** A setting with its help. */
export interface Setting {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly examples: readonly Json[]
  /** Undefined where there is none. */
  readonly fallback: Json | undefined
  readonly required: boolean
  readonly field: Field
}

/** A schema that came as JSON: TypeBox's type stands for any JSON Schema. */
const schemaOf = (schema: unknown): Shape => shapeOf(schema as Parameters<typeof shapeOf>[0])

const json: Field = { kind: 'json' }
const formats: readonly string[] = [
  'expression',
  'sql',
  'column',
  'type',
  'path',
  'folder',
  'secret',
  'pattern',
  'tokenizer',
]

/** The settings that a node's or an object's schema declares, in its order. */
export function settingsOf(schema: unknown): Setting[] {
  const { properties = {}, required = [] } = schemaOf(schema)
  return Object.entries(properties).map(([name, inner]) => {
    const { description = '', examples = [], default: fallback } = schemaOf(inner)
    return {
      name,
      label: labelOf(name),
      description,
      // What came over the wire as JSON is JSON.
      examples: examples as readonly Json[],
      fallback: fallback as Json | undefined,
      required: required.includes(name) && fallback === undefined,
      field: fieldOf(inner),
    }
  })
}

/** `ifExists` for people: `If exists`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The field for a schema; `outer` is the format of what it is a part of. */
export function fieldOf(schema: unknown, outer?: string): Field {
  const shape = schemaOf(schema)
  const format = shape.format ?? outer
  // Only a schema without a further condition is a choice.
  const choices = choicesOf(shape as Parameters<typeof choicesOf>[0])
  if (choices) return { kind: 'choice', values: choices as Json[] }
  if (shape.anyOf) return unionOf(shape.anyOf, format)
  switch (shape.type) {
    case 'string':
      return textOf(format)
    case 'number':
    case 'integer':
      return numberOf(shape)
    case 'boolean':
      return { kind: 'switch' }
    case 'null':
      return { kind: 'choice', values: [null] }
    case 'array':
      return listOf(shape, format)
    case 'object':
      return objectOf(shape)
    default:
      return json
  }
}

function textOf(format: string | undefined): Field {
  const known = format === 'columns' ? 'column' : formats.find((one) => one === format)
  return { kind: 'text', format: (known ?? 'plain') as TextFormat, number: false }
}

function numberOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Shape): Field {
  const whole = type === 'integer'
  const least = minimum ?? (exclusiveMinimum === undefined ? null : whole ? exclusiveMinimum + 1 : exclusiveMinimum)
  const most = maximum ?? (exclusiveMaximum === undefined ? null : whole ? exclusiveMaximum - 1 : exclusiveMaximum)
  return { kind: 'number', whole, least, most }
}

const isText = (field: Field | undefined, format?: TextFormat): boolean =>
  field?.kind === 'text' && (format === undefined || field.format === format)

function listOf({ items, minItems = 0 }: Shape, format: string | undefined): Field {
  if (Array.isArray(items)) return { kind: 'tuple', items: items.map((item) => fieldOf(item)) }
  if (!items) return json
  const item = fieldOf(items, format)
  if (isText(item, 'column')) return { kind: 'columns', single: false }
  return { kind: 'list', item, single: false, least: minItems }
}

function objectOf({ properties = {}, required = [], patternProperties = {}, additionalProperties }: Shape): Field {
  const [any = typeof additionalProperties === 'object' ? additionalProperties : undefined] =
    Object.values(patternProperties)
  if (Object.keys(properties).length === 0) return { kind: 'record', value: any ? fieldOf(any) : json }
  return any ? json : { kind: 'object', settings: settingsOf({ properties, required }), short: null }
}

function unionOf(branches: readonly unknown[], format: string | undefined): Field {
  const fields = branches.map((branch) => fieldOf(branch, format))
  const [first, second] = fields
  if (fields.length === 2 && first && second) {
    if (isText(first, 'column') && second.kind === 'columns') return { kind: 'columns', single: true }
    if (second.kind === 'list' && sameField(first, second.item)) return { ...second, single: true }
    if (isText(first) && second.kind === 'object') {
      const [only, ...others] = second.settings.filter(({ required }) => required)
      if (only && others.length === 0 && sameField(only.field, first)) return { ...second, short: only.name }
    }
    const kinds = [first.kind, second.kind].sort().join()
    if (kinds === 'number,text') return { kind: 'text', format: 'plain', number: true }
  }
  return { kind: 'union', ways: branches.map((schema, i) => ({ schema: schema as Json, field: fields[i] ?? json })) }
}

const sameField = (a: Field, b: Field): boolean => JSON.stringify(a) === JSON.stringify(b)
