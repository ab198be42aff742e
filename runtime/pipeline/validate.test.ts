import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { mapSecrets } from './secrets.ts'
import { withDefaults } from './settings.ts'
import { checkSettings } from './validate.ts'

const schema = Type.Object({
  path: Type.String({ format: 'path', minLength: 1, description: 'The file to read.', examples: ['orders.csv'] }),
  types: Type.Optional(
    Type.Union([Type.Literal('string'), Type.Record(Type.String(), Type.String({ format: 'type' }))], { default: {} }),
  ),
  delimiter: Type.String({ default: ',', pattern: '^.$' }),
  rest: Type.Optional(Type.Union([Type.Literal('drop'), Type.Literal('keep')])),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  fraction: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
  header: Type.Optional(Type.Boolean()),
  columns: Type.Optional(
    Type.Array(
      Type.Union([
        Type.String(),
        Type.Object({ column: Type.String(), as: Type.Optional(Type.String({ default: 'x' })) }),
      ]),
      { minItems: 1, maxItems: 3 },
    ),
  ),
  key: Type.Optional(Type.String({ format: 'secret' })),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
})

/** "setting code: message hint" of everything wrong with settings that are right but for `config`. */
const wrong = (config: Record<string, unknown>) =>
  checkSettings(schema, { path: 'a.csv', ...config }).map(
    ({ setting, code, message, hint }) => `${setting} ${code}: ${message}. ${hint}`,
  )

test('right settings give no problems, and what has a default may be missing', () => {
  expect(wrong({})).toEqual([])
  expect(
    wrong({ types: 'string', size: 3, fraction: 0.5, header: false, columns: ['a', { column: 'b' }], rest: 'keep' }),
  ).toEqual([])
  expect(wrong({ types: { a: 'int64', b: 'list<string>' } })).toEqual([])
})

test.each([
  [{ delimeter: ';' }, 'delimeter unknown-setting: unknown setting "delimeter". Did you mean "delimiter"?'],
  [{ path: undefined }, 'path wrong-type: expected a text, found nothing. The file to read. For example "orders.csv".'],
  [{ path: '' }, 'path too-short: the text is empty. The file to read. For example "orders.csv".'],
  [{ path: 7 }, 'path wrong-type: expected a text, found the number 7. The file to read. For example "orders.csv".'],
  [{ rest: 'kepe' }, 'rest wrong-choice: the text "kepe" is not one of drop, keep. Did you mean "keep"?'],
  [{ rest: 4 }, 'rest wrong-choice: the number 4 is not one of drop, keep. Write drop or keep.'],
  [{ types: 'strng' }, 'types wrong-choice: the text "strng" is not one of string. Did you mean "string"?'],
  [{ types: 4 }, 'types wrong-type: expected "string" or an object, found the number 4. Write "string" or an object.'],
  [{ types: { a: 'in64' } }, 'types.a unknown-type: "in64" is no type. Did you mean "int64"?'],
  [{ size: 1.5 }, 'size wrong-type: expected a whole number, found the number 1.5. Write a whole number.'],
  [{ size: 0 }, 'size out-of-range: 0 is less than 1. Write a whole number.'],
  [{ fraction: 1 }, 'fraction out-of-range: 1 is not less than 1. Write a number.'],
  [{ header: 'yes' }, 'header wrong-type: expected true or false, found the text "yes". Write true or false.'],
  [{ delimiter: ',,' }, 'delimiter wrong-form: the text ",," is not of the form ^.$. Write a text. For example ",".'],
  [{ columns: [] }, 'columns too-few: 0 given, at least 1 needed. Write a list.'],
  [
    { columns: [{ colum: 'a', column: 'a' }] },
    'columns[0].colum unknown-setting: unknown setting "colum". Did you mean "column"?',
  ],
  [
    { columns: ['a', 3] },
    'columns[1] wrong-type: expected a text or an object, found the number 3. Write a text or an object.',
  ],
  [
    { key: 'abc' },
    'key plain-secret: a secret must not stand in the file. Write { "secret": "NAME" } and set NAME in .env.',
  ],
  [
    { key: { secret: 'A B' } },
    'key bad-secret: "A B" cannot be the name of a secret. Names are made of letters, digits and _: { "secret": "QDRANT_KEY" }.',
  ],
])('%j is one problem under its setting, with what to do', (config, problem) => {
  expect(wrong(config)).toEqual([problem])
})

test('a missing setting is named, with its description and an example', () => {
  expect(checkSettings(schema, {})).toEqual([
    {
      setting: 'path',
      code: 'missing-setting',
      message: 'the setting "path" is missing',
      hint: 'The file to read. For example "orders.csv".',
    },
  ])
})

test('a setting named like a part of every object is unknown, not found', () => {
  expect(wrong({ toString: 'x' })).toHaveLength(1)
})

test('a secret may stand in any text, and a column called "secret" is none', () => {
  const config = { path: { secret: 'FILE' }, types: { secret: 'int64' }, headers: { key: { secret: 'KEY' } } }
  expect(wrong(config)).toEqual([])
  const resolved = mapSecrets(schema, config, (name, setting) => `${setting}=${name}`)
  expect(resolved).toEqual({ path: 'path=FILE', types: { secret: 'int64' }, headers: { key: 'headers.key=KEY' } })
})

test('defaults are filled in, also inside lists, and the given settings stay untouched', () => {
  const given = { path: 'a', columns: ['a', { column: 'b' }] }
  const filled = withDefaults(schema, given)
  expect(filled).toEqual({ path: 'a', columns: ['a', { column: 'b', as: 'x' }], types: {}, delimiter: ',' })
  expect(given.columns[1]).toEqual({ column: 'b' })
  expect(filled['types']).not.toBe(withDefaults(schema, given)['types'])
})
