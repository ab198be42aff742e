import type { TSchema } from 'typebox'
import type { Json, NodeDefinition } from '../sdk/node.ts'
import { wholeSchema } from './everynode.ts'
import { paramName } from './params/declare.ts'
import { paramTypeNames } from './params/value.ts'
import { isRecord, shapeOf } from './shape.ts'

type JsonSchema = { readonly [key: string]: Json }

const text = { type: 'string' }
const pair = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }
const secret: JsonSchema = {
  type: 'object',
  properties: { secret: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } },
  required: ['secret'],
  additionalProperties: false,
  description: 'The name of a secret, read from the environment or from .env beside the pipeline.',
}

const param: JsonSchema = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { enum: paramTypeNames },
    default: { type: ['string', 'number', 'boolean'], description: '`${run.date}` and `${run.id}` may stand in it.' },
    description: text,
  },
}

/** A text that is nothing but a parameter: it stands for a number, or for true and false. */
const reference: JsonSchema = { type: 'string', pattern: '^\\$\\{[^{}]+\\}$' }

/** A JSON Schema (2020-12) for the whole file, made from the nodes' definitions: for editors and for checks in CI. */
export function pipelineSchema(definitions: { readonly [type: string]: NodeDefinition }): JsonSchema {
  const types = Object.keys(definitions).sort()
  const settings: JsonSchema = {
    errorLimit: { type: ['integer', 'string'], description: 'Most rejected rows: a count, or a share like "10%".' },
    deadLetters: { type: 'integer', minimum: 0, description: 'Dead letters with which a run still counts as done.' },
    memory: { type: ['integer', 'string'], description: 'Bytes for batches and buffers, or a text like "512MB".' },
    workers: { type: 'integer', minimum: 1, maximum: 1024 },
    lineage: {
      type: 'boolean',
      description: 'Whether sinks keep each row’s identity in a column "_identity", as `headrace trace` takes it.',
    },
    schedule: {
      type: 'object',
      description: 'When the editor’s server runs it, where it was turned on there.',
      required: ['cron'],
      additionalProperties: false,
      properties: {
        cron: { ...text, description: 'Five parts as cron has them, or "@daily".', examples: ['0 2 * * *'] },
        timeZone: { ...text, description: 'UTC where it is missing.', examples: ['Europe/Berlin'] },
        new: { type: 'boolean', description: 'Only files that no completed run has stored, as `run --new` does.' },
      },
    },
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Headrace pipeline',
    type: 'object',
    required: ['headrace', 'nodes'],
    additionalProperties: false,
    properties: {
      headrace: { const: 1 },
      name: text,
      description: text,
      params: {
        type: 'object',
        description: 'Values that a run is given: `${day}` in settings, `param.day` in expressions.',
        propertyNames: { pattern: paramName.source },
        additionalProperties: param,
      },
      settings: { type: 'object', additionalProperties: false, properties: settings },
      nodes: {
        type: 'object',
        propertyNames: { pattern: '^[a-z][a-z0-9_-]*$' },
        additionalProperties: { $ref: '#/$defs/node' },
      },
      edges: {
        type: 'array',
        items: {
          type: 'object',
          required: ['from', 'to'],
          additionalProperties: false,
          properties: { from: text, to: text },
        },
      },
      layout: {
        type: 'object',
        additionalProperties: pair,
      },
      groups: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          required: ['name', 'nodes'],
          additionalProperties: false,
          properties: { name: text, nodes: { type: 'array', items: text }, collapsed: { type: 'boolean' } },
        },
      },
      notes: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          required: ['text', 'at'],
          additionalProperties: false,
          properties: { text, at: pair, size: pair },
        },
      },
    },
    $defs: {
      node: {
        type: 'object',
        required: ['type'],
        additionalProperties: false,
        properties: {
          type: {
            anyOf: [
              { enum: types },
              {
                type: 'string',
                pattern: '^\\.{1,2}/',
                description: 'A node of your own: ./nodes/vat is nodes/vat.ts.',
              },
            ],
          },
          config: { type: 'object' },
          title: text,
          note: text,
          disabled: { type: 'boolean' },
        },
        allOf: types.map((type) => nodeRule(type, definitions[type] as NodeDefinition)),
      },
      secret,
    },
  }
}

function nodeRule(type: string, definition: NodeDefinition): JsonSchema {
  const config = plain(wholeSchema(definition)) as JsonSchema
  const required = Array.isArray(config.required) && config.required.length > 0 ? ['config'] : []
  const described = { ...config, description: definition.description }
  return {
    if: { properties: { type: { const: type } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword, never awaited
    then: { properties: { config: described }, required },
  }
}

/** A settings schema as plain JSON: unknown keys refused, what has a default not required, texts may be secrets. */
function plain(schema: TSchema): Json {
  const shape = shapeOf(schema)
  const keys = (object: { readonly [key: string]: TSchema }) =>
    Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, plain(inner)]))
  const list = (items: readonly TSchema[]) => items.map(plain)
  const { properties, patternProperties, items, anyOf, required, additionalProperties, ...rest } = shape
  const own = JSON.parse(JSON.stringify(rest)) as { [key: string]: Json }
  if (properties) {
    own.properties = keys(properties)
    const needed = (required ?? []).filter((key) => shapeOf(properties[key]).default === undefined)
    if (needed.length) own.required = needed
  }
  if (patternProperties) own.patternProperties = keys(patternProperties)
  if (properties || patternProperties) {
    own.additionalProperties = isRecord(additionalProperties)
      ? plain(additionalProperties as TSchema)
      : additionalProperties === true
  }
  if (Array.isArray(items)) own.prefixItems = list(items)
  else if (items) own.items = plain(items as TSchema)
  if (anyOf) own.anyOf = list(anyOf)
  if (shape.type === 'number' || shape.type === 'integer' || shape.type === 'boolean') return orReference(own)
  if (shape.type !== 'string' || Object.hasOwn(shape, 'const')) return own
  const ref = { $ref: '#/$defs/secret' }
  return apart(own, (form) => (shape.format === 'secret' ? [ref] : [form, ref]))
}

const orReference = (own: JsonSchema): JsonSchema => apart(own, (form) => [form, reference])

/** What is said of a setting stays around its forms. */
function apart(
  { description, default: fallback, examples, ...form }: JsonSchema,
  forms: (form: JsonSchema) => Json[],
): JsonSchema {
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    ...(examples !== undefined && { examples }),
    anyOf: forms(form),
  }
}
