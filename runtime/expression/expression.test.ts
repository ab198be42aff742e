import type { ASTNode } from '@marcbachmann/cel-js'
import { expect, test } from 'vitest'
import { batchOf, Identity, Pool, Scope, valueAt } from '../memory/index.ts'
import { Schema } from '../pipeline/schema.ts'
import { type Field, fixed, list, parseType, struct, timestamp, types } from '../pipeline/types.ts'
import { compileExpression, functions } from './index.ts'
import { parse } from './parse.ts'

const now = new Date('2026-01-02T03:04:05.678Z')

/** Evaluates over rows of columns given as `{name: type}`; the result's values, with the failures' codes in their rows. */
function evaluate(text: string, columns: Record<string, string>, rows: readonly Record<string, unknown>[]) {
  const fields = Object.entries(columns).map(
    ([name, type]): Field => ({ name, type: parseType(type) as Field['type'] }),
  )
  return evaluateFields(text, fields, rows)
}

function evaluateFields(text: string, fields: readonly Field[], rows: readonly Record<string, unknown>[]) {
  const pool = new Pool(1 << 26)
  pool.poison = true
  const scope = new Scope(pool)
  const batch = batchOf(scope, fields, rows, new Identity({ node: 'source', path: 'rows' }, rows.length, 1))
  const { column, failures } = compileExpression(text, batch.schema, { now })(batch)
  const values: unknown[] = rows.map((_, row) => valueAt(column, row))
  for (const { row, code } of failures) {
    expect(values[row]).toBeNull()
    values[row] = code
  }
  for (const block of scope.blocksOf([column])) expect(pool.blockOf(block.buffer)).toBe(block)
  return values
}

const one = (text: string, columns: Record<string, string> = {}, row: Record<string, unknown> = {}) =>
  evaluate(text, columns, [row])[0]

test.each(functions.map((one) => [one.signature, one] as const))(
  'the example of %s gives its result',
  (_, { example }) => {
    const { expression, columns = [], row = {}, result } = example
    expect(evaluateFields(expression, columns, [row])).toEqual([result])
  },
)

test.each(functions.filter((one) => one.parameters.length > 0).map((one) => [one.name, one] as const))(
  '%s is called as a function and as a method',
  (name, { example }) => {
    const text = example.expression
    const call = calls(parse(text).root).find((node) => node.args[0] === name) as CallNode
    const args = call.op === 'call' ? call.args[1] : [call.args[1], ...call.args[2]]
    const [first, ...rest] = args.map(({ start, end }) => text.slice(start, end))
    const other = call.op === 'call' ? `(${first}).${name}(${rest})` : `${name}(${[first, ...rest]})`
    const swapped = text.slice(0, call.start) + other + text.slice(call.end)
    expect(evaluateFields(swapped, example.columns ?? [], [example.row ?? {}])).toEqual([example.result])
  },
)

type CallNode = Extract<ASTNode, { op: 'call' | 'rcall' }>

function calls(node: ASTNode): CallNode[] {
  const parts = [node.args]
    .flat(3)
    .filter((part): part is ASTNode => typeof part === 'object' && part !== null && 'op' in part)
  return [...(node.op === 'call' || node.op === 'rcall' ? [node] : []), ...parts.flatMap(calls)]
}

test('whole numbers and doubles mix to doubles, / gives a double and div the whole part', () => {
  expect(one('n * 2.5', { n: 'int32' }, { n: 3 })).toBe(7.5)
  expect(one('7 / 2')).toBe(3.5)
  expect(one('div(7, 2)')).toBe(3n)
  expect(one('-7 % 3')).toBe(-1n)
  expect(one('1u + 2')).toBe(3n)
  expect(one('d + 1', { d: 'decimal(10, 2)' }, { d: 1250n })).toBe(13.5)
  expect(one('h < 0.5 && f == 0.25', { h: 'float16', f: 'float32' }, { h: 0.25, f: 0.25 })).toBe(true)
})

test('int64 is never rounded', () => {
  const big = 9_007_199_254_740_993n
  expect(one('n + 0', { n: 'int64' }, { n: big })).toBe(big)
  expect(one('n == 9007199254740992', { n: 'int64' }, { n: big })).toBe(false)
  expect(one('n * 3', { n: 'int64' }, { n: 4_503_599_627_370_497n })).toBe(13_510_798_882_111_491n)
  expect(one('u == 18446744073709551615u', { u: 'uint64' }, { u: 2n ** 64n - 1n })).toBe(true)
  expect(one('u > n', { u: 'uint64', n: 'int64' }, { u: 2n ** 64n - 1n, n: -1n })).toBe(true)
  expect(one('-9223372036854775808')).toBe(-(2n ** 63n))
})

test('an overflow, a division by zero and a failed conversion reject the row, and say why', () => {
  const rows = [
    { n: 2n ** 62n, d: 0n },
    { n: 1n, d: 2n },
    { n: null, d: 0n },
  ]
  const columns = { n: 'int64', d: 'int64' }
  expect(evaluate('n * 2', columns, rows)).toEqual(['overflow', 2n, null])
  expect(evaluate('n % d', columns, rows)).toEqual(['division-by-zero', 1n, null])
  expect(evaluate('div(n, d)', columns, rows)).toEqual(['division-by-zero', 0n, null])
  expect(evaluate('u + 0', { u: 'uint64' }, [{ u: 2n ** 63n }])).toEqual(['overflow'])
  const texts = [{ t: 'abc' }, { t: '12' }, { t: null }, { t: '' }]
  expect(evaluate('number(t)', { t: 'string' }, texts)).toEqual(['not-a-number', 12, null, 'not-a-number'])
  expect(evaluate('int(t)', { t: 'string' }, texts)).toEqual(['not-an-integer', 12n, null, 'not-an-integer'])
  expect(evaluate('date(t, "%Y")', { t: 'string' }, texts)).toEqual(['not-a-date', 'not-a-date', null, 'not-a-date'])
  expect(evaluate('x / 0', { x: 'float64' }, [{ x: 1 }, { x: -1 }, { x: 0 }])).toEqual([
    Infinity,
    -Infinity,
    Number.NaN,
  ])
})

test('a failure names its column and the values', () => {
  const scope = new Scope(new Pool(1 << 20))
  const batch = batchOf(
    scope,
    [{ name: 'price', type: types.string }],
    [{ price: '12,50' }],
    new Identity({ node: 's', path: '' }, 1, 1),
  )
  const { failures } = compileExpression('number(price) > 1', batch.schema, { now })(batch)
  expect(failures).toEqual([{ row: 0, code: 'not-a-number', message: '"12,50" is not a number', column: 'price' }])
})

test('an error in the branch that is not taken does not count', () => {
  const rows = [{ x: 0n }, { x: 3n }, { x: null }]
  expect(evaluate('x != 0 && 10 % x == 1', { x: 'int64' }, rows)).toEqual([false, true, null])
  expect(evaluate('x == 0 || 10 % x == 1', { x: 'int64' }, rows)).toEqual([true, true, null])
  expect(evaluate('x == 0 ? -1 : div(10, x)', { x: 'int64' }, rows)).toEqual([-1n, 3n, null])
  expect(evaluate('coalesce(x, div(1, 0))', { x: 'int64' }, rows)).toEqual([0n, 3n, 'division-by-zero'])
  expect(evaluate('10 % x == 1 && x != 0', { x: 'int64' }, rows)).toEqual(['division-by-zero', true, null])
})

test('nulls: == null asks, && and || have three values, all else gives null', () => {
  const rows = [
    { b: true, x: null },
    { b: false, x: null },
    { b: null, x: null },
  ]
  const columns = { b: 'bool', x: 'int64' }
  expect(evaluate('b && x > 1', columns, rows)).toEqual([null, false, null])
  expect(evaluate('b || x > 1', columns, rows)).toEqual([true, null, null])
  expect(evaluate('x == null', columns, rows)).toEqual([true, true, true])
  expect(evaluate('null != b', columns, rows)).toEqual([true, true, false])
  expect(evaluate('!b', columns, rows)).toEqual([false, true, null])
  expect(evaluate('x + 1', columns, rows)).toEqual([null, null, null])
  expect(evaluate('b ? "y" : "n"', columns, rows)).toEqual(['y', 'n', null])
  expect(evaluate('string(x) + "!"', columns, rows)).toEqual([null, null, null])
  expect(one('coalesce(null, null, 3)')).toBe(3n)
  expect(one('n == 1 || n + 1 == 2', { n: 'null' })).toBeNull()
  expect(one('n == null', { n: 'null' })).toBe(true)
})

test('in: a null or an unfound value beside a null is unknown', () => {
  const rows = [{ s: 'de' }, { s: 'fr' }, { s: null }]
  expect(evaluate('s in ["de", "at"]', { s: 'string' }, rows)).toEqual([true, false, null])
  expect(evaluate('s in ["de", null]', { s: 'string' }, rows)).toEqual([true, null, null])
  expect(evaluate('s in []', { s: 'string' }, rows)).toEqual([false, false, null])
  expect(evaluate('n in [1, 2.5]', { n: 'int8' }, [{ n: 1 }, { n: 2 }])).toEqual([true, false])
  expect(
    evaluate('n in tags', { n: 'int64', tags: 'list<int32>' }, [
      { n: 2n, tags: [1, 2] },
      { n: 3n, tags: null },
    ]),
  ).toEqual([true, null])
  expect(evaluate('lower(s) in ["a","b","c","d","e","f","g","h","de"]', { s: 'string' }, rows)).toEqual([
    true,
    false,
    null,
  ])
})

test('texts compare by code points and are searched as bytes', () => {
  expect(one('"\\uFFFD" < "😀"')).toBe(true)
  expect(one('lower(a) < "😀"', { a: 'string' }, { a: '\uFFFD' })).toBe(true)
  const rows = ['straße', 'Köln', 'öl', '', null, 'nö'].map((s) => ({ s }))
  expect(evaluate('s.contains("ö")', { s: 'string' }, rows)).toEqual([false, true, true, false, null, true])
  expect(evaluate('s.contains("")', { s: 'string' }, rows)).toEqual([true, true, true, true, null, true])
  // Köln + öl lie beside each other in memory: "nö" is found across them, and must not be.
  expect(evaluate('s.contains("nö")', { s: 'string' }, rows)).toEqual([false, false, false, false, null, true])
  expect(evaluate('s.startsWith("ö") || s.endsWith("ß" + "e")', { s: 'string' }, rows)).toEqual([
    true,
    false,
    true,
    false,
    null,
    false,
  ])
  expect(evaluate('size(s)', { s: 'string' }, rows)).toEqual([6n, 4n, 2n, 0n, null, 2n])
  expect(evaluate('s >= "öl"', { s: 'string' }, rows)).toEqual([false, false, true, false, null, false])
})

test('any column is reached by its name', () => {
  const columns = { 'unit price': 'float64', in: 'int64', größe: 'int64', row: 'int64', x: 'int64' }
  const row = { 'unit price': 2, in: 3n, größe: 4n, row: 5n, x: 6n }
  expect(one('row["unit price"] + `unit price`', columns, row)).toBe(4)
  expect(one('`in` + `größe` * `row` + row["row"] + row + x', columns, row)).toBe(3n + 20n + 5n + 5n + 6n)
  expect(one('"`in`" + "\\"`x`" // `a comment`', columns, row)).toBe('`in`"`x`')
})

test('fields of structs and items of lists; a missing one is null', () => {
  const address = struct([
    { name: 'city', type: types.string },
    { name: 'street name', type: types.string },
  ])
  const fields = [
    { name: 'address', type: address },
    { name: 'tags', type: list(types.string) },
    { name: 'v', type: fixed(types.float32, 2) },
  ]
  const rows = [
    { address: { city: 'Ulm', 'street name': 'Weg' }, tags: ['a', 'b'], v: [1, 2] },
    { address: null, tags: null, v: null },
    { address: { city: null, 'street name': 'Gasse' }, tags: [], v: [3, 4] },
  ]
  expect(evaluateFields('address.city', fields, rows)).toEqual(['Ulm', null, null])
  expect(evaluateFields('address.`street name` + address["street name"]', fields, rows)).toEqual([
    'WegWeg',
    null,
    'GasseGasse',
  ])
  expect(evaluateFields('tags[1]', fields, rows)).toEqual(['b', null, null])
  expect(evaluateFields('v[1] * 2', fields, rows)).toEqual([4, null, 8])
  expect(evaluateFields('size(tags) + size(v)', fields, rows)).toEqual([4n, null, 2n])
  expect(evaluateFields('split("a-b-c", "-")[size(tags)]', fields, rows)).toEqual(['c', null, 'a'])
  expect(evaluateFields('[address.city, "x"]', fields, rows)).toEqual([
    ['Ulm', 'x'],
    [null, 'x'],
    [null, 'x'],
  ])
})

test('a bare column keeps its type and shares its memory', () => {
  const scope = new Scope(new Pool(1 << 20))
  const vector = { name: 'v', type: fixed(types.float32, 3) }
  const batch = batchOf(scope, [vector], [{ v: [1, 2, 3] }], new Identity({ node: 's', path: '' }, 1, 1))
  const compiled = compileExpression('v', batch.schema, { now })
  expect(compiled.type).toEqual(vector.type)
  expect(compiled(batch).column).toBe(batch.column('v'))
})

test('dates and timestamps compare, are read by formats and taken apart', () => {
  expect(one('date("2024-05-17") < timestamp("2024-05-17T00:00:01Z")')).toBe(true)
  expect(
    one(
      'date(t, "%d.%m.%y %H:%M:%S") == timestamp("2024-02-29T23:59:58")',
      { t: 'string' },
      { t: '29.02.24 23:59:58' },
    ),
  ).toBe(true)
  expect(one('date("30.02.2024", "%d.%m.%Y")')).toBe('not-a-date')
  expect(one('date("May 5, 2024", "%B %d, %Y") == date("5 may 2024", "%d %b %Y")')).toBe(true)
  expect(one('string(date("12:05 AM 060/2024 +0130", "%I:%M %p %j/%Y %z"))')).toBe('2024-02-28T22:35:00')
  expect(one('string(date("1.5", "%S.%f"))')).toBe('1900-01-01T00:00:01.500000')
  expect(one('day(d) + month(d) * 100 + year(d) * 10000', { d: 'date' }, { d: -1 })).toBe(19_691_231n)
  expect(one('now()')).toBe(BigInt(now.getTime()) * 1000n)
  const utc = BigInt(Date.UTC(2024, 6, 1, 23, 30))
  const fields = [
    { name: 't', type: timestamp('ms', 'Europe/Berlin') },
    { name: 'n', type: timestamp('ns') },
  ]
  const rows = [
    { t: utc, n: utc * 1_000_000n + 1n },
    { t: null, n: -1n },
  ]
  expect(evaluateFields('hour(t) + 100 * day(t)', fields, rows)).toEqual([201n, null])
  expect(evaluateFields('n > t', fields, rows)).toEqual([true, null])
  expect(evaluateFields('year(n)', fields, rows)).toEqual([2024n, 1969n])
  expect(evaluateFields('date(t)', fields, rows)).toEqual([19_906, null])
})

test('a pattern that other engines take for ever over ends at once', () => {
  const text = `${'a'.repeat(5000)}!`
  expect(one('matches(t, "^(a+)+$")', { t: 'string' }, { t: text })).toBe(false)
})

test('empty batches, batches of other sizes and a compiled expression used again', () => {
  const fields = [
    { name: 'n', type: types.int64 },
    { name: 's', type: types.string },
  ]
  const scope = new Scope(new Pool(1 << 26))
  const compiled = compileExpression('n > 2 && s == "b" || s + "c" == "ac"', new Schema(fields), { now })
  for (const size of [3, 0, 5000, 1, 9]) {
    const rows = Array.from({ length: size }, (_, i) => ({ n: BigInt(i), s: i % 3 ? 'b' : i % 2 ? null : 'a' }))
    const batch = batchOf(scope, fields, rows, new Identity({ node: 's', path: '' }, size, 1))
    const { column } = compiled(batch)
    const expected = rows.map(({ n, s }) => (s === null ? (n > 2n ? null : null) : (n > 2n && s === 'b') || s === 'a'))
    expect(rows.map((_, row) => valueAt(column, row))).toEqual(expected)
  }
})
