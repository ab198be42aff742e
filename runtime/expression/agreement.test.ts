import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchOf, Identity, Pool, Scope, valueAt } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import { type ColumnType, decimal, type Field, fixed, list, struct, timestamp, types } from '../pipeline/types.ts'
import { compileTree } from './compile.ts'
import type { Constants } from './constants.ts'
import { checkedTree } from './index.ts'
import { evaluateRow, normalValue } from './row.ts'
import { RowFailure } from './tree.ts'

const now = new Date('2026-01-02T03:04:05.678Z')
const address = struct([
  { name: 'city', type: types.string },
  { name: 'no', type: types.int16 },
])
const fields: readonly Field[] = [
  { name: 'i8', type: types.int8 },
  { name: 'u32', type: types.uint32 },
  { name: 'i64', type: types.int64 },
  { name: 'j64', type: types.int64 },
  { name: 'u64', type: types.uint64 },
  { name: 'f16', type: types.float16 },
  { name: 'f32', type: types.float32 },
  { name: 'f64', type: types.float64 },
  { name: 'dec', type: decimal(20, 2) },
  { name: 'b', type: types.bool },
  { name: 'c', type: types.bool },
  { name: 's', type: types.string },
  { name: 't', type: types.string },
  { name: 'bin', type: types.binary },
  { name: 'day', type: types.date },
  { name: 'us', type: types.timestamp },
  { name: 'ns', type: timestamp('ns', '+01:00') },
  { name: 'sec', type: timestamp('s', 'Europe/Berlin') },
  { name: 'nothing', type: types.null },
  { name: 'tags', type: list(types.string) },
  { name: 'numbers', type: list(types.int32) },
  { name: 'vec', type: fixed(types.float32, 2) },
  { name: 'a', type: address },
]

const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'A',
    'ab',
    'ß',
    'ö',
    'Ö',
    '😀',
    '\uFFFD',
    '12',
    ' 7 ',
    '1e3',
    'x',
    '2024-05-17',
    '17.05.2024',
    'İ',
    'a,b',
  ),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
)
const int64 = fc.oneof(
  fc.bigInt({ min: -9n, max: 9n }),
  fc.constantFrom(0n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 3_037_000_500n),
)
const float = fc.oneof(fc.constantFrom(0, -0, 1.5, -2.5, Number.NaN, Infinity, -Infinity, 1e300, 2 ** 53), fc.double())
const small = fc.integer({ min: -9, max: 9 })

function valuesOf(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'int':
      if (type.bits === 64)
        return type.signed ? int64 : fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.constant(2n ** 64n - 1n))
      return type.signed ? small : fc.constantFrom(0, 3, 2 ** 32 - 1)
    case 'float':
      return type.bits === 64 ? float : fc.constantFrom(0, 0.5, -1.25, 3, Number.NaN, Infinity)
    case 'decimal':
      return fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    case 'bool':
      return fc.boolean()
    case 'string':
      return text
    case 'binary':
      return fc.uint8Array({ maxLength: 3 })
    case 'date':
      return fc.integer({ min: -200_000, max: 200_000 })
    case 'timestamp': {
      const most = { s: 10n ** 10n, ms: 10n ** 13n, us: 2n ** 60n, ns: 2n ** 62n }[type.unit]
      return fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -most, max: most }))
    }
    case 'list':
      return fc.array(fc.option(valuesOf(type.item)), { maxLength: 3 })
    case 'fixed':
      return fc.array(valuesOf(type.item), { minLength: type.size, maxLength: type.size })
    case 'struct':
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, fc.option(valuesOf(field.type))])))
    default:
      return fc.constant(null)
  }
}

/** Whole numbers by batch: small ones, those around what a double holds exactly, and all. */
const wholes = {
  small: small.map(BigInt),
  exact: fc.oneof(
    small.map(BigInt),
    fc.constantFrom(2n ** 53n - 1n, -(2n ** 53n) + 1n, 94_906_267n, 3n ** 20n, 2n ** 52n + 1n),
  ),
  wild: int64,
}

/** Some batches have no nulls, so that the ways without a validity are gone, too. */
const batches = fc.tuple(fc.boolean(), fc.constantFrom('small', 'exact', 'wild')).chain(([nulls, size]) => {
  const values = (type: ColumnType) =>
    type.kind === 'int' && type.bits === 64 && type.signed ? wholes[size] : valuesOf(type)
  const row = Object.fromEntries(
    fields.map(({ name, type }) => [name, nulls ? fc.option(values(type), { freq: 4 }) : values(type)]),
  )
  return fc.array(fc.record(row), { maxLength: 20 })
})

const quote = (value: string) => JSON.stringify(value.replace(/[\ud800-\udfff]/g, 'y'))
const shape = fc.letrec<Record<'whole' | 'real' | 'bool' | 'text' | 'moment' | 'texts', string>>((tie) => {
  const [whole, real, bool] = [tie('whole'), tie('real'), tie('bool')]
  const [words, moment, texts] = [tie('text'), tie('moment'), tie('texts')]
  const all = fc.oneof(whole, real, bool, words, moment)
  const build = (parts: fc.Arbitrary<string>[], render: (...parts: string[]) => string) =>
    fc.tuple(...parts).map((given) => render(...given))
  const infix = (operators: string[], a: fc.Arbitrary<string>, b = a) =>
    build([a, fc.constantFrom(...operators), b], (x, operator, y) => `(${x} ${operator} ${y})`)
  const call = (name: string, ...args: fc.Arbitrary<string>[]) => build(args, (...given) => `${name}(${given})`)
  const choose = (of: fc.Arbitrary<string>) =>
    fc.oneof(
      build([bool, of, of], (c, x, y) => `(${c} ? ${x} : ${y})`),
      call('coalesce', of, of),
      call('coalesce', of, of, of),
    )
  const order = ['==', '!=', '<', '<=', '>', '>=']
  const depth = { depthSize: 'small' as const, withCrossShrink: true }
  return {
    whole: fc.oneof(
      depth,
      fc.constantFrom(
        'i8',
        'u32',
        'i64',
        'j64',
        'u64',
        'a.no',
        'numbers[0]',
        '0',
        '2',
        '-3',
        '9007199254740993',
        '5u',
        'null',
      ),
      infix(['+', '-', '*', '%'], whole),
      call('div', whole, whole),
      whole.map((x) => `(-${x})`),
      call('abs', whole),
      call('int', fc.oneof(words, real, bool)),
      call('size', fc.oneof(words, texts)),
      call('year', moment),
      call('month', moment),
      call('day', moment),
      call('hour', fc.constantFrom('us', 'ns', 'sec', 'now()')),
      choose(whole),
    ),
    real: fc.oneof(
      depth,
      fc.constantFrom('f16', 'f32', 'f64', 'dec', 'vec[1]', '1.5', '0.0', '-2.0'),
      infix(['+', '-', '*', '/', '%'], fc.oneof(real, whole), real),
      build([whole, whole], (x, y) => `(${x} / ${y})`),
      call('div', real, real),
      call('number', fc.oneof(words, bool, whole)),
      fc.constantFrom('abs', 'floor', 'ceil', 'round').chain((name) => call(name, real)),
      real.map((x) => `(-${x})`),
      real.map((x) => `round(${x}, 2)`),
      choose(fc.oneof(real, whole)),
    ),
    bool: fc.oneof(
      depth,
      fc.constantFrom('b', 'c', 'true', 'false', 'null'),
      infix(['&&', '||'], bool),
      bool.map((x) => `!${x}`),
      infix(order, whole),
      infix(order, real, fc.oneof(real, whole)),
      infix(order, words),
      infix(order, moment),
      infix(order, bool),
      infix(order, fc.constantFrom('bin', 'b"ab"', 'b""')),
      all.map((x) => `isNull(${x})`),
      all.map((x) => `(${x} != null)`),
      build([whole, whole], (x, y) => `(${x} in [1, -3, ${y}])`),
      build([whole], (x) => `(${x} in [0, 2, null, 9007199254740993])`),
      build([words], (x) => `(${x} in ["a", "ö", "12"])`),
      build([words], (x) => `(${x} in tags)`),
      build([real], (x) => `(${x} in [1.5, 0, -2])`),
      build([real], (x) => `(${x} in vec)`),
      fc.constantFrom('contains', 'startsWith', 'endsWith').chain((name) => call(name, words, words)),
      words.map((x) => `matches(${x}, "^[aö]|\\\\d")`),
      choose(bool),
    ),
    text: fc.oneof(
      depth,
      fc.constantFrom('s', 't', 'a.city', 'tags[1]', 'tags[i8]', 'split(s, ",")[0]', 'nothing'),
      text.map(quote),
      infix(
        ['+'],
        words.map((x) => `coalesce(${x}, "")`),
      ),
      fc.constantFrom('lower', 'upper', 'trim').chain((name) => call(name, words)),
      call('string', all),
      call('hash', fc.oneof(all, texts, fc.constantFrom('a', 'bin', 'numbers'))),
      call('replace', words, words, words),
      call('substr', words, whole),
      call('substr', words, whole, whole),
      call('join', texts, words),
      choose(words),
    ),
    moment: fc.oneof(
      depth,
      fc.constantFrom(
        'day',
        'us',
        'ns',
        'sec',
        'now()',
        'timestamp(day)',
        'date("2024-05-17")',
        'timestamp("2024-05-17T01:02:03.5Z")',
      ),
      words.map((x) => `date(${x}, "%d.%m.%Y")`),
      words.map((x) => `timestamp(${x})`),
      call('date', fc.constantFrom('us', 'ns', 'sec')),
      choose(moment),
    ),
    texts: fc.oneof(
      depth,
      fc.constantFrom('tags', '["a", s]', '[]'),
      call('split', words, words),
      choose(fc.constantFrom('tags', 'split(s, "a")', '["x", t]')),
    ),
  }
})
test('the kernels and the row-by-row path agree on every row, value and failure', () => {
  agree(fc.oneof(shape.whole, shape.real, shape.bool, shape.text, shape.moment, shape.texts), fields, batches, 400)
})

test('they agree on whole numbers around what a double holds', () => {
  const operand = fc.constantFrom('i', 'j', '3', '-2', 'div(i, j)', '(j * 2)', '(i + j)', '(-i)', '94906267')
  const operator = fc.constantFrom('+', '-', '*', '%', '==', '<', '>=')
  const expression = fc.tuple(operand, operator, operand).map((parts) => parts.join(' '))
  const row = fc.record({ i: wholes.exact, j: fc.option(wholes.exact, { freq: 8 }) })
  const columns = [
    { name: 'i', type: types.int64 },
    { name: 'j', type: types.int64 },
  ]
  agree(expression, columns, fc.array(row, { maxLength: 9 }), 1000)
})

test('they agree on what a run is given: parameters, its id and its date', () => {
  const whole = fc.constantFrom('param.n', 'i', '7', 'param["n"]', '(param.n * 2)')
  const real = fc.constantFrom('param.x', 'r', '0.5')
  const text = fc.constantFrom('param.s', 'run.id', 's', '"b"')
  const moment = fc.constantFrom('param.day', 'run.date', 'd', 'param.at')
  const compared = [whole, real, text, moment].map((operand) =>
    fc.tuple(operand, fc.constantFrom('==', '!=', '<', '>='), operand).map((parts) => parts.join(' ')),
  )
  const expression = fc.oneof(
    ...compared,
    fc.tuple(whole, fc.constantFrom('+', '/', '%'), real).map((parts) => parts.join(' ')),
    text.map((one) => `param.yes ? ${one} + "!" : null`),
    moment.map((one) => `day(${one})`),
    text.map((one) => `s in [${one}, param.s]`),
  )
  const row = fc.record({
    i: wholes.exact,
    r: fc.double(),
    s: fc.constantFrom('a', 'ä', null),
    d: fc.constantFrom(0, 20_000, null),
  })
  const columns = [
    { name: 'i', type: types.int64 },
    { name: 'r', type: types.float64 },
    { name: 's', type: types.string },
    { name: 'd', type: types.date },
  ]
  agree(expression, columns, fc.array(row, { maxLength: 9 }), 1000)
})

const constants: Constants = {
  param: {
    n: { type: types.int64, value: 3n },
    x: { type: types.float64, value: 0.5 },
    s: { type: types.string, value: 'ä' },
    yes: { type: types.bool, value: true },
    day: { type: types.date, value: 20_000 },
    at: { type: types.timestamp, value: 1_728_000_000_000_000n },
  },
  run: { id: { type: types.string, value: 'a' }, date: { type: types.date, value: 20_001 } },
}

function agree(
  expressions: fc.Arbitrary<string>,
  columns: readonly Field[],
  rowsOfBatch: fc.Arbitrary<Record<string, unknown>[]>,
  numRuns: number,
): void {
  const schema = new Schema(columns)
  const pool = new Pool(1 << 26)
  let compared = 0
  const property = fc.property(expressions, fc.array(rowsOfBatch, { minLength: 1, maxLength: 2 }), (text, inputs) => {
    const tree = checkedTree(text, schema, undefined, constants)
    const compiled = compileTree(tree, now)
    for (const rows of inputs) {
      const scope = new Scope(pool)
      const batch = batchOf(scope, columns, rows, new Identity({ node: 'source', path: '' }, rows.length, 1))
      const { column, failures } = compiled(batch)
      const reasons = new Map(failures.map(({ row, code, message }) => [row, `${code}: ${message}`]))
      const fromKernels = rows.map((_, row) => reasons.get(row) ?? normalValue(valueAt(column, row), tree.type))
      const fromRows = rows.map((_, row) => {
        const plain = columns.map((_, index) => valueAt(batch.column(index), row))
        const value = evaluateRow(tree, plain, now)
        return value instanceof RowFailure ? `${value.code}: ${value.message}` : value
      })
      expect(fromKernels).toEqual(fromRows)
      compared += rows.length
      scope.close()
    }
  })
  fc.assert(property, { numRuns: Number(process.env.RUNS ?? numRuns), seed: Number(process.env.SEED ?? 42) })
  expect(compared).toBeGreaterThan(1000)
}
