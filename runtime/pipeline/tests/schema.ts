import type { Json } from '../../sdk/node.ts'
import { countNames } from './model.ts'

type JsonSchema = { readonly [key: string]: Json }

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
})
const map = (values: Json, description: string): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
  description,
})

/** A JSON Schema (2020-12) for files of tests: for editors and for checks in CI. */
export function testSchema(): JsonSchema {
  const rows = { type: 'array', items: { type: 'object' } }
  const columns = map(text, 'Types by column: {"id": "int64", "price": "decimal(10, 2)"}.')
  const order = { type: 'boolean', description: 'The rows may come in any order.' }
  const tolerance = { type: 'number', minimum: 0, description: 'How far numbers with a fraction may lie apart.' }
  const counts = Object.fromEntries(countNames.map((name) => [name, count]))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tests of a Headrace pipeline',
    ...object({ 'headrace-test': { const: 1 }, tests: { type: 'array', items: { $ref: '#/$defs/test' } } }),
    required: ['headrace-test', 'tests'],
    $defs: {
      test: object(
        {
          name: text,
          note: text,
          params: map(true, 'Parameters for this test.'),
          set: map(true, 'Settings for this test: {"large.where": "total >= 10.0"}.'),
          now: { type: 'string', description: 'The time at which the test plays, ISO 8601.' },
          put: map({ $ref: '#/$defs/put' }, 'Rows that enter, by node or by input: orders, join.left.'),
          expect: map({ $ref: '#/$defs/expect' }, 'What leaves, by node or by output: clean, clean.rejects.'),
          anyOrder: order,
          tolerance,
        },
        { required: ['name', 'expect'] },
      ),
      put: {
        anyOf: [
          rows,
          object({ columns, rows }, { required: ['rows'] }),
          object(
            { files: map(text, "Texts in place of the source's files, by their paths.") },
            { required: ['files'] },
          ),
          object({ read: { const: true, description: 'The source reads its own files.' } }, { required: ['read'] }),
        ],
      },
      expect: { anyOf: [rows, object({ rows, columns, ...counts, anyOrder: order, tolerance })] },
    },
  }
}
