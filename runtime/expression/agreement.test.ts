import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batch, batchOf, gather, Identity, Pool, Scope, valueAt } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import { type Field, types } from '../pipeline/types.ts'
import { batches, fields, now, text, wholes } from './agreement.scene.ts'
import { compileTree } from './compile.ts'
import type { Constants } from './constants.ts'
import { checkedTree } from './index.ts'
import { evaluateRow, normalValue } from './row.ts'
import { RowFailure } from './tree.ts'

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

test('they agree on chains of texts, on texts beside literals, and on lists of them', () => {
  const literal = fc.constantFrom('"-"', '""', '"ä and more than eight bytes"', '"amber"', '"abcdabcd"')
  const operand = fc.oneof(fc.constantFrom('s', 't', 'upper(s)', 'lower(t)'), literal)
  const chain = fc.array(operand, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' + '))
  const list = fc.array(literal, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`)
  const expression = fc.oneof(
    chain,
    fc.tuple(chain, fc.constantFrom('==', '!=', '<'), literal).map((parts) => parts.join(' ')),
    fc.tuple(literal, operand).map(([one, other]) => `${one} == ${other}`),
    fc
      .tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), chain, literal)
      .map(([name, one, other]) => `${name}(${one}, ${other})`),
    fc.tuple(operand, list).map(([one, items]) => `${one} in ${items}`),
  )
  const words = fc.constantFrom('', '-', 'amber', 'ambers', 'abcdabcd', 'abcdxbcd', 'ä and more than eight bytes', null)
  const row = fc.record({ s: fc.oneof(words, text), t: words })
  const columns = [
    { name: 's', type: types.string },
    { name: 't', type: types.string },
  ]
  agree(expression, columns, fc.array(row, { maxLength: 40 }), 600)
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

/** The same rows with each column's values in a dictionary, the last row's first; some twice, as nobody minds. */
function withCodes({ scope, schema, columns, identity, rows }: Batch): Batch {
  const backwards = Int32Array.from({ length: rows }, (_, row) => rows - 1 - row)
  const stored = columns.map((column) =>
    column.children.length || rows === 0
      ? column
      : { values: gather(scope, column, backwards), codes: backwards, bytes: 0 },
  )
  return new Batch(scope, schema, stored, identity)
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
      const coded = compiled(withCodes(batch))
      expect(coded.failures).toEqual(failures)
      expect(rows.map((_, row) => valueAt(coded.column, row))).toEqual(rows.map((_, row) => valueAt(column, row)))
      compared += rows.length
      scope.close()
    }
  })
  fc.assert(property, { numRuns: Number(process.env.RUNS ?? numRuns), seed: Number(process.env.SEED ?? 42) })
  expect(compared).toBeGreaterThan(1000)
}
