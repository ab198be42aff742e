import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Json, NodeTypeView } from '@headrace/runtime/api'
import { checkSettings } from '@headrace/runtime/pipeline'
import { describe, expect, test } from 'vitest'
import { emptyOf } from './empty.ts'
import { type Field, fieldOf, labelOf, settingsOf } from './field.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const { stdout } = spawnSync(process.execPath, [join(root, 'runtime', 'cli', 'headrace.mjs'), 'nodes', '--json'], {
  encoding: 'utf8',
})
const catalogue = JSON.parse(stdout) as readonly Pick<NodeTypeView, 'type' | 'config'>[]

/** A field in a few words: `record of expression`. */
function told(field: Field): string {
  switch (field.kind) {
    case 'text':
      return field.format === 'plain' ? 'text' : field.format
    case 'list':
      return `${field.single ? 'one or a list' : 'list'} of ${told(field.item)}`
    case 'columns':
      return field.single ? 'one or several columns' : 'columns'
    case 'record':
      return `record of ${told(field.value)}`
    case 'object':
      return `{${field.settings.map((one) => `${one.name}: ${told(one.field)}`).join(', ')}}${field.short ? ` or ${field.short}` : ''}`
    case 'union':
      return field.ways.map((way) => told(way.field)).join(' | ')
    case 'choice':
      return field.values.map(String).join('/')
    default:
      return field.kind
  }
}

const fieldsIn = (field: Field): Field[] => {
  switch (field.kind) {
    case 'list':
      return [field, ...fieldsIn(field.item)]
    case 'record':
      return [field, ...fieldsIn(field.value)]
    case 'object':
      return [field, ...field.settings.flatMap((one) => fieldsIn(one.field))]
    case 'tuple':
      return [field, ...field.items.flatMap(fieldsIn)]
    case 'union':
      return [field, ...field.ways.flatMap((way) => fieldsIn(way.field))]
    default:
      return [field]
  }
}

describe('the catalogue’s forms', () => {
  test('every setting of every node has a field of its own, none falls back to JSON', () => {
    expect(catalogue.length).toBeGreaterThan(20)
    const json = catalogue.flatMap(({ type, config }) =>
      settingsOf(config)
        .filter(({ field }) => fieldsIn(field).some(({ kind }) => kind === 'json'))
        .map(({ name }) => `${type}.${name}`),
    )
    expect(json).toEqual([])
  })

  test('every setting says what it is for', () => {
    const mute = catalogue.flatMap(({ type, config }) =>
      settingsOf(config)
        .filter(({ description }) => description === '')
        .map(({ name }) => `${type}.${name}`),
    )
    expect(mute).toEqual([])
  })

  test.each([
    ['sources/csv', 'path', 'one or a list of path'],
    ['sources/csv', 'types', 'string | record of type'],
    ['sources/csv', 'header', 'switch'],
    ['sources/csv', 'nulls', 'list of text'],
    ['sources/parquet', 'columns', 'columns'],
    ['sources/generate', 'columns', 'record of text'],
    ['transforms/filter', 'where', 'expression'],
    ['transforms/derive', 'columns', 'record of expression'],
    ['transforms/select', 'columns', 'list of {column: column, as: text, type: type} or column'],
    ['transforms/route', 'routes', 'list of {port: text, where: expression}'],
    ['transforms/clean', 'replace', 'list of {pattern: pattern, with: text}'],
    ['transforms/chunk', 'tokenizer', 'tokenizer'],
    ['transforms/sample', 'fraction', 'number'],
    ['models/embed', 'model', 'folder'],
    ['models/embed', 'pooling', 'mean/cls/last/none'],
    ['models/onnx', 'inputs', 'record of one or several columns'],
    ['models/onnx', 'outputs', 'record of one or a list of text'],
    ['sinks/lancedb', 'key', 'one or several columns'],
  ])('%s.%s is %s', (type, name, wanted) => {
    const config = catalogue.find((one) => one.type === type)?.config
    const setting = settingsOf(config).find((one) => one.name === name)
    expect(setting && told(setting.field)).toBe(wanted)
  })
})

describe('a field from a schema', () => {
  const cases: readonly (readonly [string, Json])[] = [
    ['number', { type: 'number', minimum: 0, maximum: 1 }],
    ['tuple', { type: 'array', items: [{ type: 'number' }, { type: 'string' }] }],
    ['secret', { type: 'string', format: 'secret' }],
    ['record of number', { type: 'object', patternProperties: { '^.*$': { type: 'number' } } }],
    ['record of switch', { type: 'object', additionalProperties: { type: 'boolean' } }],
    ['text', { anyOf: [{ type: 'number' }, { type: 'string' }] }],
    ['a/null', { anyOf: [{ const: 'a' }, { type: 'null', const: null }] }],
    [
      'number | list of number',
      {
        anyOf: [
          { type: 'number', minimum: 1 },
          { type: 'array', items: { type: 'number' } },
        ],
      },
    ],
    ['json', {}],
    ['record of json', { type: 'object' }],
  ]
  test.each(cases)('%s', (wanted, schema) => expect(told(fieldOf(schema))).toBe(wanted))

  test('a new item of any field is of the right kind', () => {
    for (const [, schema] of cases) {
      const wrong = checkSettings(schema as Parameters<typeof checkSettings>[0], emptyOf(fieldOf(schema)))
      expect(wrong.map(({ code }) => code).filter((code) => code === 'wrong-type' && schema !== cases[2]?.[1])).toEqual(
        [],
      )
    }
  })

  test('its label is made from its name', () => {
    expect(['where', 'ifExists', 'maxTokens', 'rowGroupRows'].map(labelOf)).toEqual([
      'Where',
      'If exists',
      'Max tokens',
      'Row group rows',
    ])
  })
})
