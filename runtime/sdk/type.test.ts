import { Type as TypeBox } from 'typebox'
import { expect, test } from 'vitest'
import { Type } from './type.ts'

/** The same declaration, written with one builder or the other. */
const declare = (T: typeof Type) =>
  T.Object(
    {
      path: T.Union([T.String(), T.Array(T.String(), { minItems: 1 })], { format: 'path', description: 'Where.' }),
      rows: T.Optional(T.Integer({ minimum: 0, default: 5 })),
      fraction: T.Number({ exclusiveMinimum: 0 }),
      header: T.Boolean({ default: true }),
      mode: T.Union([T.Literal('a'), T.Literal(1), T.Literal(false), T.Null()], { default: 'a' }),
      columns: T.Record(T.String(), T.String({ format: 'expression' }), { description: 'By name.' }),
      named: T.Optional(T.Record(T.String({ pattern: '^[a-z]+$' }), T.Unknown())),
      inner: T.Optional(T.Object({ only: T.Optional(T.String()) })),
      none: T.Object({}),
    },
    { additionalProperties: false },
  )

test('settings come to the same JSON Schema as with TypeBox, key for key', () => {
  expect(JSON.stringify(declare(Type))).toBe(JSON.stringify(declare(TypeBox as unknown as typeof Type)))
})

test('a schema made with TypeBox itself may stand among them', () => {
  const mixed = Type.Object({ a: TypeBox.Optional(TypeBox.String()), b: TypeBox.Integer() })
  expect(JSON.parse(JSON.stringify(mixed))).toEqual({
    type: 'object',
    required: ['b'],
    properties: { a: { type: 'string' }, b: { type: 'integer' } },
  })
})
